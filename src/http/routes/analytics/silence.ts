/** `GET /api/v1/analytics/silence`: whether capture is unusually quiet. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { MAX_SILENCE_HOURS } from '../../../analytics/figures.js';
import { aboutSchemas, EXAMPLE_ABOUT } from '../../figure-route.js';
import { FIGURES_PROBLEMS, figuresAnswers, formatParameter, sendFigures } from '../../figures.js';
import { parseQuery, wholeNumber } from '../../query.js';
import type { RouteDoc } from '../../route.js';
import type { Service } from '../../service.js';

const QUERY = z.strictObject({
  hours: wholeNumber(1, MAX_SILENCE_HOURS).default(3).describe('Full hours before the one that is going on.'),
  ...formatParameter,
});

const instant = z.string().meta({ format: 'date-time' });
const usual = z.number().nullable();

const SILENCE = z.object({
  alarm: z.boolean().describe('Whether the newest hour of which it can be told is quiet.'),
  reason: z.string().describe('In words.'),
  rows: z
    .array(
      z.object({
        starts_at: instant,
        ends_at: instant.describe('Exclusive; of the hour that is going on: now.'),
        payments: z.int().describe('By when riders paid.'),
        weeks: z.int().describe('How many of the 8 weeks before have history for this hour.'),
        low: usual.describe('5% of the same hour in those weeks; null under 4 weeks.'),
        median: usual,
        high: usual.describe('95%.'),
        quiet: z.boolean(),
        reason: z.string().describe('In words.'),
      }),
    )
    .describe('Oldest first; the last one is going on.'),
  ...aboutSchemas,
});

const EXAMPLE: z.input<typeof SILENCE> = {
  alarm: true,
  reason: '31 payments from 08:00 to 09:00; usually 180–240 at this time on a Tuesday',
  rows: [
    {
      starts_at: '2025-04-08T08:00:00-05:00',
      ends_at: '2025-04-08T09:00:00-05:00',
      payments: 31,
      weeks: 8,
      low: 180.4,
      median: 211.5,
      high: 239.65,
      quiet: true,
      reason: '31 payments from 08:00 to 09:00; usually 180–240 at this time on a Tuesday',
    },
  ],
  ...EXAMPLE_ABOUT,
  from: '2025-04-08T08:00:00-05:00',
  to: '2025-04-08T09:10:00-05:00',
};

const COLUMNS = [
  'starts_at',
  'ends_at',
  'payments',
  'weeks',
  'low',
  'median',
  'high',
  'quiet',
  'reason',
] as const;

const DOC: RouteDoc = {
  name: 'getSilence',
  tag: 'Figures',
  summary: 'Whether capture is unusually quiet',
  description:
    'The last hours and the one that is going on, each beside the same hour of the week in the 8 weeks before; of the ' +
    'one that is going on, as much as has passed. An hour is quiet where it is below the usual range, below half of the ' +
    'median, and too far below it for chance. There is no alarm with under 4 weeks of history, nor where the median ' +
    'is 9 payments or less.',
  query: QUERY,
  answers: figuresAnswers(
    'What the hours tell.',
    { schema: SILENCE, example: EXAMPLE },
    { columns: COLUMNS, rows: EXAMPLE.rows },
  ),
  problems: FIGURES_PROBLEMS,
};

export function silenceRoute(server: FastifyInstance, { figures }: Service): void {
  const config = { access: 'analyst' as const, doc: DOC };
  server.get('/api/v1/analytics/silence', { config }, async (request, reply) => {
    const { hours, format } = parseQuery(QUERY, request.query);
    const { from, to, zone, currency, as_of, as_of_received_at, ...body } = await figures.silence({ hours });
    return sendFigures(request, reply, format, {
      name: 'silence',
      table: { columns: COLUMNS, rows: body.rows },
      json: { ...body, as_of_received_at },
      facts: { zone, currency, as_of },
      range: { from, to },
    });
  });
}
