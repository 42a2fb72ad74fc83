import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromSqlText, parseInstant, toIso, toSqlText, Zone } from '../../src/domain/time.js';
import { zoneOf } from '../support/zones.js';

const ISO = { format: 'iso', zone: null } as const;
const SECONDS = { format: 'epoch_s', zone: null } as const;
const MILLISECONDS = { format: 'epoch_ms', zone: null } as const;
const CHICAGO = zoneOf('America/Chicago');
const IN_CHICAGO = { format: 'iso', zone: CHICAGO } as const;
const SAMPLE_S = Date.parse('2025-04-07T03:11:31Z') / 1000;

const at = (second: number) => ({ ok: true, second });

describe('an instant', () => {
  test.each([
    '2025-04-07T03:11:31Z',
    '2025-04-07t03:11:31z',
    '2025-04-07 03:11:31Z',
    '2025-04-07T03:11:31+00:00',
    '2025-04-07T03:11:31-00:00',
    '2025-04-06T22:11:31-05:00',
    '2025-04-06T22:11:31-0500',
    '2025-04-06T22:11:31-05',
    '2025-04-07T08:56:31+05:45',
    '2025-04-07T03:11:31.9Z',
    '2025-04-07T03:11:31,999999999Z',
  ])('%s is one second', (text) => {
    expect(parseInstant(text, ISO)).toEqual(at(SAMPLE_S));
  });

  test('may leave out its seconds', () => {
    expect(parseInstant('2025-04-07T03:11Z', ISO)).toEqual(at(SAMPLE_S - 31));
  });

  test('has its fraction cut, never rounded: 23:59:59.7 is still today', () => {
    expect(parseInstant('2025-04-06T23:59:59.7Z', ISO)).toEqual(parseInstant('2025-04-06T23:59:59Z', ISO));
    expect(parseInstant('2025-04-06T23:59:59.9999999999999999999Z', ISO)).toEqual(
      parseInstant('2025-04-06T23:59:59Z', ISO),
    );
    expect(parseInstant(SAMPLE_S * 1000 + 999, MILLISECONDS)).toEqual(at(SAMPLE_S));
    expect(parseInstant(SAMPLE_S + 0.999, SECONDS)).toEqual(at(SAMPLE_S));
    expect(parseInstant(`${SAMPLE_S}.99999999999999999`, SECONDS)).toEqual(at(SAMPLE_S));
    expect(parseInstant(new Date(SAMPLE_S * 1000 + 999), ISO)).toEqual(at(SAMPLE_S));
  });

  test('is read from epoch seconds or milliseconds where the feed says so', () => {
    expect(parseInstant(SAMPLE_S, SECONDS)).toEqual(at(SAMPLE_S));
    expect(parseInstant(String(SAMPLE_S), SECONDS)).toEqual(at(SAMPLE_S));
    expect(parseInstant(SAMPLE_S * 1000, MILLISECONDS)).toEqual(at(SAMPLE_S));
    expect(parseInstant(0, SECONDS)).toEqual(at(0));
  });

  test('is read from any text that Date makes', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true }),
        (date) => {
          const second = Math.floor(date.getTime() / 1000);
          expect(parseInstant(date.toISOString(), ISO)).toEqual(at(second));
          expect(toIso(second)).toBe(`${date.toISOString().slice(0, 19)}Z`);
          expect(fromSqlText(toSqlText(second))).toBe(second);
        },
      ),
    );
  });

  test.each([
    '2025-02-29T00:00:00Z',
    '2025-04-31T00:00:00Z',
    '2025-13-01T00:00:00Z',
    '2025-00-01T00:00:00Z',
    '2025-01-00T00:00:00Z',
    '2025-04-07T24:00:00Z',
    '2025-04-07T23:60:00Z',
    '2025-04-07T23:59:60Z',
    '2025-04-07T03:11:31+24:00',
    '2025-04-07T03:11:31+05:60',
    '2025-04-07',
    '2025-04-07T03',
    '20250407T031131Z',
    '07.04.2025 03:11:31',
    '2025-4-7T3:11:31Z',
    '2025-04-07T03:11:31 Z',
    ' 2025-04-07T03:11:31Z',
    '2025-04-07T03:11:31Z\n',
    '2025-W15-1T03:11:31Z',
    '+002025-04-07T03:11:31Z',
    'now',
    '',
    '1743995491',
    '2025-04-07T03:11:31.Z',
  ])('is not %j', (text) => {
    expect(parseInstant(text, ISO)).toMatchObject({ ok: false, code: 'not_an_instant' });
  });

  test.each([
    ['a number in an ISO feed', SAMPLE_S, ISO],
    ['an array', ['2025-04-07T03:11:31Z'], ISO],
    ['an object', {}, ISO],
    ['null', null, ISO],
    ['an invalid Date', new Date('never'), ISO],
    ['ISO text in an epoch feed', '2025-04-07T03:11:31Z', SECONDS],
    ['NaN', Number.NaN, SECONDS],
    ['Infinity', Number.POSITIVE_INFINITY, SECONDS],
    ['a negative count', -1, SECONDS],
    ['an exponent', '1e9', SECONDS],
    ['hex', '0x10', MILLISECONDS],
    ['a count in an array', [SAMPLE_S], SECONDS],
    ['a boolean', true, SECONDS],
  ])('is not %s', (_, value, rules) => {
    expect(parseInstant(value, rules)).toMatchObject({ ok: false, code: 'not_an_instant' });
  });

  test('lies between 1970 and 9999', () => {
    expect(parseInstant('1969-12-31T23:59:59Z', ISO)).toMatchObject({ ok: false, code: 'out_of_range' });
    expect(parseInstant('1970-01-01T00:00:00Z', ISO)).toEqual(at(0));
    expect(parseInstant('9999-12-31T23:59:59Z', ISO)).toEqual(at(253_402_300_799));
    expect(parseInstant('9999-12-31T23:59:59-01:00', ISO)).toMatchObject({ code: 'out_of_range' });
    expect(parseInstant('0000-01-01T00:00:00Z', ISO)).toMatchObject({ code: 'out_of_range' });
    expect(parseInstant(SAMPLE_S * 1000, SECONDS)).toMatchObject({ code: 'out_of_range' });
  });
});

describe('a local time without offset', () => {
  test('is a problem where the feed declares no zone', () => {
    expect(parseInstant('2025-04-06T22:11:31', ISO)).toMatchObject({ ok: false, code: 'no_offset' });
  });

  test('is read in the zone that the feed declares', () => {
    expect(parseInstant('2025-04-06T22:11:31', IN_CHICAGO)).toEqual(at(SAMPLE_S));
    expect(parseInstant('2025-01-06 22:11:31', IN_CHICAGO)).toEqual(
      at(Date.parse('2025-01-07T04:11:31Z') / 1000),
    );
  });

  test('an offset that it has stands above the zone', () => {
    expect(parseInstant('2025-04-07T03:11:31Z', IN_CHICAGO)).toEqual(at(SAMPLE_S));
  });

  test('in the hour that clocks skip does not exist', () => {
    expect(parseInstant('2025-03-09T01:59:59', IN_CHICAGO)).toMatchObject({ ok: true });
    for (const text of ['2025-03-09T02:00:00', '2025-03-09T02:59:59'])
      expect(parseInstant(text, IN_CHICAGO)).toMatchObject({ ok: false, code: 'no_such_local_time' });
    expect(parseInstant('2025-03-09T03:00:00', IN_CHICAGO)).toMatchObject({ ok: true });
  });

  test('in the hour that clocks repeat is ambiguous', () => {
    expect(parseInstant('2025-11-02T00:59:59', IN_CHICAGO)).toMatchObject({ ok: true });
    for (const text of ['2025-11-02T01:00:00', '2025-11-02T01:59:59'])
      expect(parseInstant(text, IN_CHICAGO)).toMatchObject({ ok: false, code: 'ambiguous_local_time' });
    expect(parseInstant('2025-11-02T02:00:00', IN_CHICAGO)).toMatchObject({ ok: true });
  });

  test('in the half hour that Lord Howe skips or repeats is told apart too', () => {
    const rules = { format: 'iso', zone: zoneOf('Australia/Lord_Howe') } as const;
    expect(parseInstant('2025-10-05T02:15:00', rules)).toMatchObject({ code: 'no_such_local_time' });
    expect(parseInstant('2025-10-05T02:30:00', rules)).toMatchObject({ ok: true });
    expect(parseInstant('2025-04-06T01:45:00', rules)).toMatchObject({ code: 'ambiguous_local_time' });
    expect(parseInstant('2025-04-06T01:15:00', rules)).toMatchObject({ ok: true });
  });
});

describe('a zone', () => {
  test('agrees with the runtime on every offset, at any instant', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(
          'America/Chicago',
          'Europe/London',
          'Australia/Lord_Howe',
          'Asia/Kathmandu',
          'Pacific/Apia',
          'Africa/Casablanca',
          'UTC',
        ),
        fc.integer({ min: Date.UTC(1990, 0) / 1000, max: Date.UTC(2037, 0) / 1000 }),
        (name, second) => {
          const parts = new Intl.DateTimeFormat('en-US', {
            timeZone: name,
            timeZoneName: 'longOffset',
          }).formatToParts(second * 1000);
          const text = parts.find((part) => part.type === 'timeZoneName')?.value ?? '';
          const [, sign = '+', hours = '0', minutes = '0'] = /GMT(?:([+-])(\d+):(\d+))?/.exec(text) ?? [];
          const expected = (sign === '-' ? -1 : 1) * (Number(hours) * 3_600 + Number(minutes) * 60);
          expect(zoneOf(name).offsetAt(second)).toBe(expected + 0);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('finds every instant of a wall clock and none that shows another', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('America/Chicago', 'Australia/Lord_Howe', 'Pacific/Apia', 'America/Havana'),
        fc.integer({ min: Date.UTC(2005, 0) / 1000, max: Date.UTC(2037, 0) / 1000 }),
        (name, second) => {
          const zone = zoneOf(name);
          const instants = zone.instantsOf(zone.localOf(second));
          expect(instants).toContain(second);
          expect(instants.length).toBeLessThanOrEqual(2);
          for (const instant of instants) expect(zone.localOf(instant)).toBe(zone.localOf(second));
        },
      ),
      { numRuns: 500 },
    );
  });

  test('shows an instant with its offset', () => {
    expect(CHICAGO.toIso(SAMPLE_S)).toBe('2025-04-06T22:11:31-05:00');
    expect(zoneOf('Asia/Kathmandu').toIso(SAMPLE_S)).toBe('2025-04-07T08:56:31+05:45');
    expect(zoneOf('America/St_Johns').toIso(SAMPLE_S)).toBe('2025-04-07T00:41:31-02:30');
    expect(zoneOf('UTC').toIso(SAMPLE_S)).toBe('2025-04-07T03:11:31+00:00');
  });

  test('has the longest bucket that fits its offsets', () => {
    const grains = [
      'America/Chicago',
      'UTC',
      'Asia/Kolkata',
      'Australia/Lord_Howe',
      'Asia/Kathmandu',
      'Pacific/Chatham',
    ];
    expect(grains.map((name) => zoneOf(name).grainS())).toEqual([3_600, 3_600, 1_800, 1_800, 900, 900]);
  });

  test('has a bucket of at least a quarter of an hour, whatever the zone', () => {
    const small = Intl.supportedValuesOf('timeZone').filter((name) => zoneOf(name).grainS() < 900);
    expect(small).toEqual([]);
  });

  test.each(['', 'Mars/Olympus', 'America/Chicagoo', 'chicago'])('is not %j', (name) => {
    expect(Zone.of(name)).toBeUndefined();
  });
});
