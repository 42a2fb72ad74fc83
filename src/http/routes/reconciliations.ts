/** `/api/v1/reconciliations`: runs, the exceptions that they found, and what an administrator decides of them. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { parseMoment } from '../../analytics/range.js';
import { CATEGORIES, CATEGORY_SENTENCES, EXCEPTION_KINDS } from '../../domain/reconciliation.js';
import { ITEM_STATUS_SENTENCES, ITEM_STATUSES } from '../../domain/reconciliation-item.js';
import { RECONCILIATION_SOURCES } from '../../ingest/reconcile-records.js';
import {
  DECISIONS,
  decide,
  itemsPage,
  MAX_DECIDED,
  MAX_REASON_CHARACTERS,
  runsPage,
  showRun,
} from '../../ingest/reconciliation-items.js';
import { instant, nextCursor } from '../answer-schemas.js';
import { parseBody } from '../body.js';
import { moment, parseQuery, wholeNumber } from '../query.js';
import { json, type RouteDoc } from '../route.js';
import type { Service } from '../service.js';

const PAGE = {
  limit: wholeNumber(1, 1000).default(100).describe('How many at most.'),
  cursor: wholeNumber(1).optional().describe('The next_cursor of an earlier page.'),
};
const RUNS_QUERY = z.strictObject(PAGE);
const RUN_PARAMS = z.object({ id: wholeNumber(1).describe('The id of a reconciliation.') });
const ITEMS_QUERY = z.strictObject({
  status: z.enum(ITEM_STATUSES).optional().describe('Only those that stand so.'),
  kind: z.enum(EXCEPTION_KINDS).optional().describe('Only those of a kind.'),
  source: z.enum(RECONCILIATION_SOURCES).optional().describe('Only those of a source.'),
  payment_id: wholeNumber(1, 4_294_967_295).optional().describe('Only those of a payment.'),
  run: wholeNumber(1).optional().describe('Only those that this reconciliation saw last.'),
  ...PAGE,
});

const RUN = z
  .object({
    id: z.int(),
    source: z.string().describe('api, or file: a settlement file.'),
    name: z.string().describe('What was read: an address, or the name of a file.'),
    from: instant.describe('Inclusive, UTC.'),
    to: instant.describe('Exclusive, UTC.'),
    started: instant.describe('UTC.'),
    finished: instant.nullable().describe('UTC; null where it is under way, or was cut off.'),
  })
  .meta({ id: 'Reconciliation' });

const EXAMPLE_RUN: z.input<typeof RUN> = {
  id: 3,
  source: 'api',
  name: 'https://bytemark.example/api/payments#payments',
  from: '2025-04-01T05:00:00Z',
  to: '2025-05-01T05:00:00Z',
  started: '2025-05-02T09:00:00Z',
  finished: '2025-05-02T09:00:41Z',
};

const EXAMPLE_SUM = {
  ...{ payments_here: 2, total_here: 5, payments_there: 3, total_there: 7.5, difference: -2.5 },
};
const SUM = {
  payments_here: z.int(),
  total_here: z.number().describe('In units of the currency, as was compared.'),
  payments_there: z.int(),
  total_there: z.number(),
  difference: z.number().describe('Here less there.'),
};
const SIDES = z.object(SUM).meta({ id: 'ReconciledSum' });
const COUNTS = z
  .object(
    Object.fromEntries(
      CATEGORIES.map((category) => [category, z.int().describe(CATEGORY_SENTENCES[category])]),
    ),
  )
  .describe('Findings by category; every record of either side is in one.');
const EXAMPLE_COUNTS = {
  ...{ matched: 2, internal_currency: 0, pending: 0, missing_here: 1, missing_there: 0, differs: 0 },
  ...{ duplicate_there: 0, unreadable_there: 0 },
};

const REPORT = z
  .object({
    source: z.string(),
    name: z.string(),
    from: instant,
    to: instant,
    pending_from: instant.describe('What one side alone has from here on is too recent to judge.'),
    dry_run: z.boolean(),
    records_read: z.int().describe('Records of the provider; some are of other times.'),
    counts: COUNTS,
    recorded: z.int().describe('Of what was missing here, how many were recorded.'),
    adjustments_recorded: z
      .int()
      .optional()
      .describe('Adjustments that were listed with payments, missing here, and recorded.'),
    open: z.int().describe('Exceptions of the span that waited for a person then.'),
    closed: z.int().describe('Exceptions of earlier runs that were not found any more.'),
    totals: SIDES,
    days: z
      .array(
        z.object({
          date: z.string().describe('Of the reporting zone.'),
          payment_type: z.string(),
          ...SUM,
          explained: z
            .record(z.string(), z.number())
            .describe('The parts of the difference, by category; they add up to it.'),
        }),
      )
      .describe('By day and payment type.'),
    incomplete: z
      .array(z.object({ from: instant, to: instant }))
      .describe('Windows of which not everything came that the provider counts.'),
    warnings: z.array(z.string()),
    needs_attention: z.boolean(),
  })
  .meta({ id: 'ReconciliationReport' });

const EXAMPLE_REPORT: z.input<typeof REPORT> = {
  source: EXAMPLE_RUN.source,
  name: EXAMPLE_RUN.name,
  from: EXAMPLE_RUN.from,
  to: EXAMPLE_RUN.to,
  pending_from: '2025-05-01T09:00:00Z',
  dry_run: false,
  records_read: 3,
  counts: EXAMPLE_COUNTS,
  ...{ recorded: 1, adjustments_recorded: 0, open: 0, closed: 0 },
  totals: EXAMPLE_SUM,
  days: [
    {
      ...{ date: '2025-04-07', payment_type: 'mobile_payment' },
      ...EXAMPLE_SUM,
      explained: { missing_here: -2.5 },
    },
  ],
  incomplete: [],
  warnings: [],
  needs_attention: false,
};

const statuses = ITEM_STATUSES.map((status) => `${status}: ${ITEM_STATUS_SENTENCES[status]}`).join(' ');

const ITEM = z
  .object({
    id: z.int(),
    source: z.string(),
    kind: z.enum(EXCEPTION_KINDS),
    payment_id: z.int().nullable().describe('Null where the record names none.'),
    status: z.enum(ITEM_STATUSES).describe(statuses),
    sentence: z.string().describe('For people.'),
    fields: z
      .array(z.object({ field: z.string(), here: z.string().nullable(), there: z.string().nullable() }))
      .describe('Where they differ. Of riders, only that they do.'),
    payment: z
      .object({
        order_id: z.int(),
        payment_type: z.string(),
        total_price: z.string(),
        logged_on: instant,
      })
      .nullable()
      .describe('As it is here, or else there.'),
    times: z.int().optional().describe('Of a duplicate: how many records there are too many.'),
    why: z.string().optional().describe('Why it could not be read or recorded.'),
    at: instant.nullable().describe('When it was paid, UTC.'),
    first_seen: instant,
    last_seen: instant,
    first_run: z.int(),
    last_run: z.int(),
    until: instant.nullable().describe('Of one that is ignored.'),
    reason: z.string().nullable().describe('What the decision was given for.'),
    decided_by: z.string().nullable().describe('The id of an API key, command:USER, or library.'),
    decided: instant.nullable(),
  })
  .meta({ id: 'ReconciliationItem' });

const EXAMPLE_ITEM: z.input<typeof ITEM> = {
  id: 7,
  source: 'api',
  kind: 'differs',
  payment_id: 1001,
  status: 'open',
  sentence: 'Both sides have it, and they say different things. total_price is 2.50 here and 2.75 there.',
  fields: [{ field: 'total_price', here: '2.50', there: '2.75' }],
  payment: {
    order_id: 501,
    payment_type: 'mobile_payment',
    total_price: '2.50',
    logged_on: '2025-04-07T03:11:31Z',
  },
  at: '2025-04-07T03:11:31Z',
  first_seen: '2025-05-02T09:00:12Z',
  last_seen: '2025-05-02T09:00:12Z',
  ...{ first_run: 3, last_run: 3, until: null, reason: null, decided_by: null, decided: null },
};

const DECISION = z.strictObject({
  decision: z.enum(DECISIONS).describe('accept: it is known and stays. ignore: until a day.'),
  ids: z.array(z.int().min(1)).min(1).max(MAX_DECIDED).describe('Items; all are decided, or none.'),
  reason: z.string().min(1).max(MAX_REASON_CHARACTERS).describe('Why; it is kept, and written in the audit.'),
  until: moment.optional().describe('Of ignore: a date of the reporting zone, or an instant, in the future.'),
});

const RUNS_DOC: RouteDoc = {
  name: 'listReconciliations',
  tag: 'Reconciliation',
  summary: 'Reconciliations, newest first',
  description: 'Each compared a span of time with the provider’s records, one by one.',
  query: RUNS_QUERY,
  answers: {
    200: {
      description: 'A page of them.',
      json: json(z.object({ rows: z.array(RUN), limit: z.int(), next_cursor: nextCursor }), {
        ...{ rows: [EXAMPLE_RUN], limit: 100, next_cursor: null },
      }),
    },
  },
};

const RUN_DOC: RouteDoc = {
  name: 'getReconciliation',
  tag: 'Reconciliation',
  summary: 'One reconciliation with its report',
  description: 'Totals are as they were compared, before what was missing here was recorded.',
  params: RUN_PARAMS,
  answers: {
    200: {
      description: 'The reconciliation; its report is null where it did not come to its end.',
      json: json(RUN.extend({ report: REPORT.nullable() }).meta({ id: 'ReconciliationWithReport' }), {
        ...EXAMPLE_RUN,
        report: EXAMPLE_REPORT,
      }),
    },
  },
  problems: [404],
};

const ITEMS_DOC: RouteDoc = {
  name: 'listReconciliationItems',
  tag: 'Reconciliation',
  summary: 'Exceptions that reconciliation found, newest first',
  description: 'The same exception in a later run is the same item. No rider is named.',
  query: ITEMS_QUERY,
  answers: {
    200: {
      description: 'A page of them.',
      json: json(z.object({ rows: z.array(ITEM), limit: z.int(), next_cursor: nextCursor }), {
        ...{ rows: [EXAMPLE_ITEM], limit: 100, next_cursor: null },
      }),
    },
  },
};

const DECIDE_DOC: RouteDoc = {
  name: 'decideReconciliationItems',
  tag: 'Reconciliation',
  summary: 'Accept exceptions, ignore them until a day, or correct them',
  description:
    'A decision holds as long as the difference stays the same; another value opens the item again. ' +
    'No payment is changed: correcting records an adjustment that brings the payment to what the provider says, where ' +
    'the price differs or the payment is missing there.',
  body: {
    description: 'One item, or many.',
    ...json(DECISION, { decision: 'accept', ids: [7, 8], reason: 'fare dispute 41, settled by hand' }),
  },
  answers: {
    200: {
      description: 'All of them are decided.',
      json: json(z.object({ rows: z.array(ITEM) }), {
        rows: [
          {
            ...EXAMPLE_ITEM,
            ...{ status: 'accepted', reason: 'fare dispute 41, settled by hand' },
            ...{ decided_by: 'k_9d1c6c0a', decided: '2025-05-02T10:00:00Z' },
          },
        ],
      }),
    },
  },
  problems: [404, 409],
};

export function reconciliationRoutes(server: FastifyInstance, service: Service): void {
  const { store, zone, auditName, clock, correcting } = service;
  const reading = (doc: RouteDoc) => ({ config: { access: 'analyst' as const, doc } });
  const cursorOf = (next: number | null): string | null => (next === null ? null : String(next));
  server.get('/api/v1/reconciliations', reading(RUNS_DOC), async (request) => {
    const { limit, cursor } = parseQuery(RUNS_QUERY, request.query);
    const { rows, next } = await runsPage(store, cursor, limit);
    return { rows, limit, next_cursor: cursorOf(next) };
  });
  server.get('/api/v1/reconciliations/:id', reading(RUN_DOC), (request) =>
    showRun(store, parseQuery(RUN_PARAMS, request.params).id),
  );
  server.get('/api/v1/reconciliations/items', reading(ITEMS_DOC), async (request) => {
    const { limit, cursor, payment_id, ...filter } = parseQuery(ITEMS_QUERY, request.query);
    const { rows, next } = await itemsPage(
      store,
      { ...filter, paymentId: payment_id, beforeId: cursor },
      limit,
    );
    return { rows, limit, next_cursor: cursorOf(next) };
  });
  const deciding = { config: { access: 'admin' as const, doc: DECIDE_DOC } };
  server.post('/api/v1/reconciliations/items/decide', deciding, async (request) => {
    const { until, ...decision } = parseBody(DECISION, request.body);
    const untilMs = until === undefined ? undefined : parseMoment('until', until, zone) * 1000;
    const by = { actor: request.keyId, operation: `${request.method} ${request.routeOptions.url ?? ''}` };
    return { rows: await decide(store, { ...decision, untilMs }, by, auditName, clock(), correcting) };
  });
}
