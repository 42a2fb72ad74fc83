/**
 * Numbers as the reader's own language writes them, money with the digits of its currency, times in the reporting zone.
 * Words of time (months, "2 sec. ago") are English as all words here, in the reader's own kind of it if there is one.
 * Every text here is made by `Intl`; a format is made once, since making one is slow.
 */

export interface Money {
  /** ISO 4217. */
  readonly currency: string;
  readonly currency_digits: number;
}

export interface Format {
  count(value: number): string;
  money(amount: number): string;
  /** With its sign, also above nothing: +$2.50. */
  moneyChange(amount: number): string;
  /** Money for axes and narrow places: $12K. */
  shortMoney(amount: number): string;
  shortCount(value: number): string;
  /** 0.346 → 34.6%. */
  share(value: number): string;
  /** 0.346 → 35%, for axes and narrow places. */
  shortShare(value: number): string;
  /** The difference of two shares: 0.0041 → +0.4 pts. */
  points(value: number): string;
  /** 0.012 → +1.2%. */
  change(value: number): string;
  /** Of YYYY-MM-DD. */
  date(date: string): string;
  /** Of YYYY-MM-DD, with its weekday. */
  longDate(date: string): string;
  month(date: string): string;
  /** Of an instant, in the reporting zone. */
  dateTime(instant: string | number): string;
  /** Of an instant, in the reporting zone: hours and minutes. */
  time(instant: string | number): string;
  /** Of an instant, in the reporting zone, to the second. */
  exactTime(instant: string | number): string;
  timeWithSeconds(instant: string | number): string;
  /** "12 sec. ago". */
  ago(ms: number): string;
  /** Of seconds: "1.4 sec", "1 min 12 sec", "1 day 23 hr". */
  duration(seconds: number): string;
}

const AGO_STEPS = [
  { unit: 'day', ms: 86_400_000 },
  { unit: 'hour', ms: 3_600_000 },
  { unit: 'minute', ms: 60_000 },
  { unit: 'second', ms: 1_000 },
] as const;

export function formatFor({ currency, currency_digits }: Money, zone: string, locale: string): Format {
  const number = (options: Intl.NumberFormatOptions) => {
    const format = new Intl.NumberFormat(locale, options);
    return (value: number): string => format.format(value);
  };
  const english = locale.startsWith('en') ? locale : 'en-GB';
  const moment = (timeZone: string, options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(english, { timeZone, ...options });
    return (instant: string | number): string => format.format(new Date(instant));
  };
  const day = (options: Intl.DateTimeFormatOptions) => {
    const text = moment('UTC', options);
    return (date: string): string => text(`${date.slice(0, 10)}T00:00:00Z`);
  };
  const money = { style: 'currency', currency, currencyDisplay: 'narrowSymbol' } as const;
  const digits = { minimumFractionDigits: currency_digits, maximumFractionDigits: currency_digits };
  const percent = { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 } as const;
  const exact = number({ ...money, ...digits });
  const compact = number({
    ...money,
    notation: 'compact',
    minimumFractionDigits: 0,
    maximumFractionDigits: 1,
  });
  const points = number({ minimumFractionDigits: 1, maximumFractionDigits: 1, signDisplay: 'exceptZero' });
  const relative = new Intl.RelativeTimeFormat(english, { numeric: 'auto', style: 'short' });
  return {
    count: number({ maximumFractionDigits: 0 }),
    money: exact,
    moneyChange: number({ ...money, ...digits, signDisplay: 'exceptZero' }),
    shortMoney: (amount) => (Number.isInteger(amount) || Math.abs(amount) >= 1_000 ? compact : exact)(amount),
    shortCount: number({ notation: 'compact', maximumFractionDigits: 1 }),
    share: number(percent),
    shortShare: number({ style: 'percent', maximumFractionDigits: 0 }),
    points: (value) => `${points(value * 100)} pts`,
    change: number({ ...percent, signDisplay: 'exceptZero' }),
    date: day({ month: 'short', day: 'numeric', year: 'numeric' }),
    longDate: day({ weekday: 'long', month: 'long', day: 'numeric', year: 'numeric' }),
    month: day({ month: 'long', year: 'numeric' }),
    dateTime: moment(zone, { dateStyle: 'medium', timeStyle: 'short' }),
    exactTime: moment(zone, { dateStyle: 'medium', timeStyle: 'medium' }),
    time: moment(zone, { hour: 'numeric', minute: '2-digit' }),
    timeWithSeconds: moment(zone, { hour: 'numeric', minute: '2-digit', second: '2-digit' }),
    ago: (ms) => {
      const step = AGO_STEPS.find((one) => Math.abs(ms) >= one.ms) ?? { unit: 'second', ms: 1_000 };
      return relative.format(-Math.floor(ms / step.ms), step.unit);
    },
    duration: durationFor(english),
  };
}

/** The two largest units of a duration; below a minute to a tenth of a second. */
function durationFor(locale: string): (seconds: number) => string {
  const units = AGO_STEPS.map(({ unit, ms }) => {
    const format = new Intl.NumberFormat(locale, {
      style: 'unit',
      unit,
      unitDisplay: 'short',
      maximumFractionDigits: unit === 'second' ? 1 : 0,
    });
    return { seconds: ms / 1_000, text: (value: number): string => format.format(value) };
  });
  return (seconds) => {
    const whole = seconds < 60 ? seconds : Math.round(seconds);
    const first = units.findIndex((unit) => whole >= unit.seconds);
    const [large, small] = first < 0 ? units.slice(-1) : units.slice(first, first + 2);
    if (large === undefined) return '';
    if (small === undefined) return large.text(whole);
    const rest = Math.floor((whole % large.seconds) / small.seconds);
    const head = large.text(Math.floor(whole / large.seconds));
    return rest === 0 ? head : `${head} ${small.text(rest)}`;
  };
}
