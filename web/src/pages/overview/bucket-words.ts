import type { TrendPeriod } from 'farelog/documents/chart-trends.ts';
import type { Format } from '../../format/format.ts';

/** "Tuesday, November 24, 2026", "Week of Nov 22, 2026": a bucket by its start in the reporting zone. */
export function bucketInWords(startsAt: string, period: TrendPeriod, format: Format): string {
  switch (period) {
    case 'hourly':
      return format.dateTime(startsAt);
    case 'daily':
      return format.longDate(startsAt);
    case 'weekly':
      return `Week of ${format.date(startsAt)}`;
    case 'monthly':
      return format.month(startsAt);
  }
}
