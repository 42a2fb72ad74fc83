/** `/api/v1/calendar`: the fare and policy calendar, read by analysts and kept by administrators. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { parseMoment } from '../../analytics/range.js';
import { CALENDAR_KINDS, type DateSpan, datesOf } from '../../domain/calendar.js';
import { CALENDAR_FIELDS, MAX_NAME_CHARACTERS, MAX_NOTE_CHARACTERS } from '../../domain/calendar-entry.js';
import { MAX_PAYMENT_TYPE_CHARACTERS } from '../../domain/payment.js';
import type { Zone } from '../../domain/time.js';
import type { ChangedBy } from '../../ingest/calendar.js';
import { localDate as date, CALENDAR_ENTRY as ENTRY, minorOrNone as minor } from '../answer-schemas.js';
import { parseBody } from '../body.js';
import { FIGURES_PROBLEMS, figuresAnswers, formatParameter, sendFigures } from '../figures.js';
import { moment, parseQuery, wholeNumber } from '../query.js';
import { json, type RouteDoc } from '../route.js';
import type { Service } from '../service.js';

/** It documents; `checkEntry` of the domain decides, with all problems together. */
const INPUT = z
  .object({
    kind: z.enum(CALENDAR_KINDS),
    name: z.string().min(1).max(MAX_NAME_CHARACTERS),
    starts_on: date,
    ends_before: date.nullish(),
    payment_type: z.string().max(MAX_PAYMENT_TYPE_CHARACTERS).nullish(),
    price_before_minor: minor.optional(),
    price_after_minor: minor.optional().describe('A fare must have it.'),
    note: z.string().max(MAX_NOTE_CHARACTERS).nullish(),
  })
  .meta({ id: 'CalendarInput' });
const BODY = z.strictObject(
  Object.fromEntries(CALENDAR_FIELDS.map((field) => [field, z.unknown().optional()])),
);
const MAX_BODY_BYTES = 16_384;

const EXAMPLE: z.input<typeof ENTRY> = {
  entry_id: 12,
  kind: 'fare',
  name: 'Single fare rises to 1.50',
  starts_on: '2026-03-01',
  ends_before: null,
  payment_type: null,
  price_before_minor: 125,
  price_after_minor: 150,
  note: 'Board resolution 2025-118',
};
const { entry_id: _, ...EXAMPLE_INPUT } = EXAMPLE;

const QUERY = z.strictObject({
  from: moment.optional().describe('Only what holds on this date or instant or later.'),
  to: moment.optional().describe('Only what begins before this date or instant.'),
  kind: z.enum(CALENDAR_KINDS).optional().describe('Only entries of this kind.'),
  ...formatParameter,
});
const PARAMS = z.object({ entry_id: wholeNumber(1).describe('The id of an entry.') });

const LIST_DOC: RouteDoc = {
  name: 'listCalendar',
  tag: 'Calendar',
  summary: 'What was changed for riders, and when',
  description:
    'Fares, promotions, free days, policies and events, by their first day. Of a range, whatever holds on one of its ' +
    'days: the marks of a chart of the same range are those that begin or end in it. Dates are local ones of the ' +
    'reporting zone.',
  query: QUERY,
  answers: figuresAnswers(
    'The entries.',
    json(z.object({ rows: z.array(ENTRY), zone: z.string(), currency: z.string() }), {
      rows: [EXAMPLE],
      zone: 'America/Chicago',
      currency: 'USD',
    }),
    { columns: ['entry_id', ...CALENDAR_FIELDS], rows: [EXAMPLE] },
  ),
  problems: FIGURES_PROBLEMS,
};

const input = { description: 'The whole entry.', ...json(INPUT, EXAMPLE_INPUT) };

const ADD_DOC: RouteDoc = {
  name: 'addCalendarEntry',
  tag: 'Calendar',
  summary: 'Add an entry',
  description:
    'All problems are told at once. Two fares of one payment type may not hold on the same day; one without an end gives ' +
    'way to the next. It is written in the audit.',
  body: input,
  answers: { 201: { description: 'The entry.', json: json(ENTRY, EXAMPLE) } },
  problems: [422],
};

const CHANGE_DOC: RouteDoc = {
  ...ADD_DOC,
  name: 'changeCalendarEntry',
  summary: 'Write an entry anew',
  description: 'The whole of it, under the same rules; what it was before stands in the audit.',
  params: PARAMS,
  answers: { 200: { description: 'The entry as it is now.', json: json(ENTRY, EXAMPLE) } },
  problems: [404, 422],
};

const REMOVE_DOC: RouteDoc = {
  name: 'removeCalendarEntry',
  tag: 'Calendar',
  summary: 'Take an entry out',
  description:
    'For one that was never true; what was true and is over is changed to end. The audit keeps what it was.',
  params: PARAMS,
  answers: { 200: { description: 'The entry that was taken out.', json: json(ENTRY, EXAMPLE) } },
  problems: [404],
};

export function calendarRoutes(server: FastifyInstance, { calendar, zone, currency }: Service): void {
  const admin = (doc: RouteDoc) => ({ config: { access: 'admin' as const, doc } });
  server.get('/api/v1/calendar', { config: { access: 'analyst', doc: LIST_DOC } }, async (request, reply) => {
    const { from, to, kind, format } = parseQuery(QUERY, request.query);
    const rows = await calendar.entries(datesIn(from, to, zone), kind === undefined ? undefined : [kind]);
    return sendFigures(request, reply, format, {
      name: 'calendar',
      table: { columns: ['entry_id', ...CALENDAR_FIELDS], rows },
      facts: { zone: zone.name, currency: currency.code },
    });
  });
  const adding = { ...admin(ADD_DOC), bodyLimit: MAX_BODY_BYTES };
  server.post('/api/v1/calendar', adding, async (request, reply) => {
    const claim = parseBody(BODY, request.body);
    return reply.code(201).send(await calendar.add(claim, changedBy(request)));
  });
  const changing = { ...admin(CHANGE_DOC), bodyLimit: MAX_BODY_BYTES };
  server.put('/api/v1/calendar/:entry_id', changing, async (request) => {
    const { entry_id: id } = parseQuery(PARAMS, request.params);
    return calendar.change(id, parseBody(BODY, request.body), changedBy(request));
  });
  server.delete('/api/v1/calendar/:entry_id', admin(REMOVE_DOC), async (request) => {
    const { entry_id: id } = parseQuery(PARAMS, request.params);
    return calendar.remove(id, changedBy(request));
  });
}

/** The local dates of a question; of an instant, the day on which it lies. */
function datesIn(from: string | undefined, to: string | undefined, zone: Zone): Partial<DateSpan> {
  const datesAt = (name: string, text: string): DateSpan => {
    const second = parseMoment(name, text, zone);
    return datesOf({ from: second, to: second }, zone);
  };
  return {
    ...(from === undefined ? {} : { from: datesAt('from', from).from }),
    ...(to === undefined ? {} : { to: datesAt('to', to).to }),
  };
}

function changedBy({ keyId, method, routeOptions }: FastifyRequest): ChangedBy {
  return { actor: keyId, operation: `${method} ${routeOptions.url ?? ''}` };
}
