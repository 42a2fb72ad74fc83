/** `/api/v1/reconciliations/items`: the exceptions that reconciliations found, and what an administrator decides of them. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Column } from '../../analytics/csv.js';
import { parseMoment } from '../../analytics/range.js';
import { EXCEPTION_KINDS } from '../../domain/reconciliation.js';
import { ITEM_STATUS_SENTENCES, ITEM_STATUSES } from '../../domain/reconciliation-item.js';
import { RECONCILIATION_SOURCES } from '../../ingest/reconcile-records.js';
import {
  DECISIONS,
  decide,
  itemCounts,
  itemsPage,
  MAX_DECIDED,
  MAX_REASON_CHARACTERS,
  pagesOfItems,
  type ReconciliationItem,
} from '../../ingest/reconciliation-items.js';
import { scopeOfRun } from '../../ingest/reconciliation-runs.js';
import { listApiKeys } from '../../store/api-keys.js';
import type { Store } from '../../store/dialect.js';
import { instant, nextCursor } from '../answer-schemas.js';
import { parseBody } from '../body.js';
import {
  FIGURES_PROBLEMS,
  figuresAnswers,
  formatOf,
  formatParameter,
  sendFigures,
  streamCsv,
} from '../figures.js';
import { moment, parseQuery, wholeNumber } from '../query.js';
import { json, type RouteDoc } from '../route.js';
import type { Service } from '../service.js';

const DEFAULT_LIMIT = 100;

const OF_RUN = wholeNumber(1)
  .optional()
  .describe('Only those of the time that this reconciliation looked at, whichever has seen them.');
const COUNTS_QUERY = z.strictObject({ of_run: OF_RUN });
const ITEMS_QUERY = z.strictObject({
  status: z.enum(ITEM_STATUSES).optional().describe('Only those that stand so.'),
  kind: z.enum(EXCEPTION_KINDS).optional().describe('Only those of a kind.'),
  source: z.enum(RECONCILIATION_SOURCES).optional().describe('Only those of a source.'),
  payment_id: wholeNumber(1, 4_294_967_295).optional().describe('Only those of a payment.'),
  run: wholeNumber(1).optional().describe('Only those that this reconciliation saw last.'),
  of_run: OF_RUN,
  from: moment
    .optional()
    .describe('Only those paid from then on: a date of the reporting zone, or an instant.'),
  to: moment.optional().describe('Only those paid before.'),
  limit: wholeNumber(1, 1000)
    .optional()
    .describe(`How many at most: by default ${DEFAULT_LIMIT} in JSON, and all of them in CSV.`),
  cursor: wholeNumber(1).optional().describe('The next_cursor of an earlier page.'),
  ...formatParameter,
});

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
    decided_by_name: z.string().nullable().describe('Of an API key: its name.'),
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
  decided_by_name: null,
};

/** An item, and who decided in a word that people know. */
type NamedItem = ReconciliationItem & { readonly decided_by_name: string | null };
type Shown = NamedItem | z.input<typeof ITEM>;

/** An item as a line of a file. */
type ItemLine = Omit<Shown, 'fields' | 'payment' | 'sentence'> & {
  readonly order_id: number | undefined;
  readonly payment_type: string | undefined;
  readonly total_price: string | undefined;
  /** Which differ, and both values, each in the same order. */
  readonly fields: string;
  readonly here: string;
  readonly there: string;
};

const COLUMNS = [
  ...['id', 'source', 'kind', 'status', 'payment_id', 'order_id', 'payment_type', 'total_price', 'at'],
  ...['fields', 'here', 'there', 'times', 'why', 'first_seen', 'last_seen', 'first_run', 'last_run'],
  ...['until', 'reason', 'decided_by', 'decided_by_name', 'decided'],
] as const satisfies readonly Column<ItemLine>[];

function lineOf({ fields, payment, sentence: _, ...rest }: Shown): ItemLine {
  const list = (values: readonly (string | null)[]): string => values.map((value) => value ?? '').join('; ');
  return {
    ...rest,
    order_id: payment?.order_id,
    payment_type: payment?.payment_type,
    total_price: payment?.total_price,
    fields: list(fields.map(({ field }) => field)),
    here: list(fields.map(({ here }) => here)),
    there: list(fields.map(({ there }) => there)),
  };
}

/** Adds the names of the keys by which was decided. */
async function named({ knex }: Store, items: readonly ReconciliationItem[]): Promise<NamedItem[]> {
  const isDecided = items.some(({ decided_by }) => decided_by !== null);
  const keys = isDecided ? await listApiKeys(knex) : [];
  const names = new Map(keys.map(({ id, name }) => [id, name]));
  return items.map((item) => ({ ...item, decided_by_name: names.get(item.decided_by ?? '') ?? null }));
}

const DECISION = z.strictObject({
  decision: z
    .enum(DECISIONS)
    .describe('accept: it is known and stays. ignore: until a day. correct: by an adjustment.'),
  ids: z.array(z.int().min(1)).min(1).max(MAX_DECIDED).describe('Items; all are decided, or none.'),
  reason: z.string().min(1).max(MAX_REASON_CHARACTERS).describe('Why; it is kept, and written in the audit.'),
  until: moment.optional().describe('Of ignore: a date of the reporting zone, or an instant, in the future.'),
});

const ITEMS_DOC: RouteDoc = {
  name: 'listReconciliationItems',
  tag: 'Reconciliation',
  summary: 'Exceptions that reconciliation found, newest first',
  description:
    'The same exception in a later run is the same item. No rider is named. CSV without a `limit` is all of them, as one ' +
    'stream without ETag; where several fields differ, names and values are divided by semicolons.',
  query: ITEMS_QUERY,
  answers: figuresAnswers(
    'A page of them.',
    json(z.object({ rows: z.array(ITEM), limit: z.int(), next_cursor: nextCursor }), {
      ...{ rows: [EXAMPLE_ITEM], limit: DEFAULT_LIMIT, next_cursor: null },
    }),
    { columns: COLUMNS, rows: [lineOf(EXAMPLE_ITEM)] },
  ),
  problems: [404, ...FIGURES_PROBLEMS],
};

const COUNTS_DOC: RouteDoc = {
  name: 'countReconciliationItems',
  tag: 'Reconciliation',
  summary: 'How many exceptions there are of each kind and status',
  description:
    'Of all, or of the time that one reconciliation looked at. Those of which there are none are left out.',
  query: COUNTS_QUERY,
  answers: {
    200: {
      description: 'By kind and status.',
      json: json(
        z.object({
          rows: z.array(
            z.object({ kind: z.enum(EXCEPTION_KINDS), status: z.enum(ITEM_STATUSES), items: z.int() }),
          ),
        }),
        { rows: [{ kind: 'differs', status: 'open', items: 7 }] },
      ),
    },
  },
  problems: [404],
};

const DECIDE_DOC: RouteDoc = {
  name: 'decideReconciliationItems',
  tag: 'Reconciliation',
  summary: 'Accept exceptions, ignore them until a day, or correct them',
  description:
    'A decision holds as long as the difference stays the same; another value opens the item again. ' +
    'No payment is changed: correcting records an adjustment that brings the payment to what the provider says, where ' +
    'the price differs or the payment is missing there. 409 where it would not be the difference that was shown.',
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

export function reconciliationItemRoutes(server: FastifyInstance, service: Service): void {
  const { store, zone, auditName, clock, correcting } = service;
  const reading = (doc: RouteDoc) => ({ config: { access: 'analyst' as const, doc } });
  server.get('/api/v1/reconciliations/items', reading(ITEMS_DOC), (request, reply) =>
    list(service, request, reply),
  );
  server.get('/api/v1/reconciliations/items/counts', reading(COUNTS_DOC), async (request) => {
    const { of_run: run } = parseQuery(COUNTS_QUERY, request.query);
    return { rows: await itemCounts(store, run === undefined ? undefined : await scopeOfRun(store, run)) };
  });
  const deciding = { config: { access: 'admin' as const, doc: DECIDE_DOC } };
  server.post('/api/v1/reconciliations/items/decide', deciding, async (request) => {
    const { until, ...decision } = parseBody(DECISION, request.body);
    const untilMs = until === undefined ? undefined : parseMoment('until', until, zone) * 1000;
    const by = { actor: request.keyId, operation: `${request.method} ${request.routeOptions.url ?? ''}` };
    const decided = await decide(store, { ...decision, untilMs }, by, auditName, clock(), correcting);
    return { rows: await named(store, decided) };
  });
}

async function list(service: Service, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { store, zone, logger, exportPageRows } = service;
  const { limit, cursor, format, payment_id, of_run, from, to, ...same } = parseQuery(
    ITEMS_QUERY,
    request.query,
  );
  const filter = {
    ...same,
    paymentId: payment_id,
    ofRun: of_run === undefined ? undefined : await scopeOfRun(store, of_run),
    fromS: from === undefined ? undefined : parseMoment('from', from, zone),
    toS: to === undefined ? undefined : parseMoment('to', to, zone),
    beforeId: cursor,
  };
  const name = 'reconciliation-items';
  const facts = { zone: zone.name, currency: service.currency.code };
  if (limit === undefined && formatOf(request, format) === 'csv') {
    const pages = linesOf(store, pagesOfItems(store, filter, exportPageRows));
    return streamCsv(request, reply, logger, { name, columns: COLUMNS, pages, facts });
  }
  const most = limit ?? DEFAULT_LIMIT;
  const { rows, next } = await itemsPage(store, filter, most);
  const items = await named(store, rows);
  const next_cursor = next === null ? null : String(next);
  return sendFigures(request, reply, format, {
    name,
    table: { columns: COLUMNS, rows: items.map(lineOf) },
    json: { rows: items, limit: most },
    facts: { next_cursor },
  });
}

async function* linesOf(
  store: Store,
  pages: AsyncGenerator<readonly ReconciliationItem[], void>,
): AsyncGenerator<ItemLine[], void> {
  for await (const rows of pages) yield (await named(store, rows)).map(lineOf);
}
