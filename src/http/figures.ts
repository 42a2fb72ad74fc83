/**
 * How figures are answered: as JSON or as CSV, whichever was asked for, and not again while they are unchanged.
 *
 * In JSON what holds of all rows stands beside them; in CSV it goes into headers, so that the file is a table and
 * nothing else. The ETag is over the figures and what was asked, not over the resolved range: "the last 30 days" begins
 * a second later every second, and is unchanged while no payment enters or leaves it.
 */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';
import { z } from 'zod';
import { type Column, csvText, type Table } from '../analytics/csv.js';
import { failureOf } from '../domain/errors.js';
import { requestError } from './problem.js';
import type { JsonDoc, RouteDoc } from './route.js';

export const FORMATS = ['json', 'csv'] as const;
export type Format = (typeof FORMATS)[number];

/** The parameter by which a format is chosen, for the query of every route that answers figures. */
export const formatParameter = {
  format: z
    .enum(FORMATS)
    .optional()
    .describe('json, or csv as a file. Goes before the header Accept, where text/csv asks for the same.'),
};

/** What holds of all figures of an answer; each is left out where it has no meaning. */
export interface Facts {
  /** The newest capture that the figures count. */
  readonly as_of?: number;
  /** Name of the reporting zone. */
  readonly zone?: string;
  /** ISO 4217. */
  readonly currency?: string;
  /** Null on the last page. */
  readonly next_cursor?: string | null;
}

/** The range that a question came to, as instants; `to` is null where it is open. */
export interface ResolvedRange {
  readonly from: string;
  readonly to: string | null;
}

/** Schemas of the facts, for the answer of a route: `z.object({ rows, ...factSchemas, ...rangeSchemas })`. */
export const factSchemas = {
  zone: z.string().describe('The reporting zone, an IANA name.'),
  currency: z.string().describe('ISO 4217; amounts are in its units.'),
  as_of: z.int().describe('The sequence of the newest capture that the figures count.'),
};
export const rangeSchemas = {
  from: z.string().meta({ format: 'date-time', description: 'First instant of the range.' }),
  to: z.string().nullable().meta({ format: 'date-time', description: 'Its end, exclusive; null: open.' }),
};

export interface Figures<Row extends object> {
  /** Names the file, as `farelog-NAME.csv`: lower case, digits and dashes. */
  readonly name: string;
  readonly table: Table<Row>;
  /** What the JSON answer holds beside the facts; by default the table's rows, as `rows`. */
  readonly json?: object;
  readonly facts: Facts;
  /** Told with the figures, and no part of their ETag. */
  readonly range?: ResolvedRange;
}

const MEDIA_TYPE: Readonly<Record<Format, string>> = { json: 'application/json', csv: 'text/csv' };

/** Parameters of media types, but for the weight: whoever asks for UTF-8 or a heading gets both. */
const MEDIA_PARAMETER = /;\s*(?!q\s*=)[^\s=;,]+=(?:"[^"]*"|[^\s;,]*)/gi;

/**
 * The format of an answer: the parameter's, else what `Accept` likes best, else JSON.
 * @throws an error of status 406 where `Accept` allows neither
 */
export function formatOf(request: FastifyRequest, asked: Format | undefined): Format {
  const { accept = '' } = request.headers;
  if (asked !== undefined) return asked;
  if (accept.trim() === '') return 'json';
  const negotiator = new Negotiator({ headers: { accept: accept.replace(MEDIA_PARAMETER, '') } });
  const best = negotiator.mediaType(FORMATS.map((format) => MEDIA_TYPE[format]));
  const format = FORMATS.find((one) => MEDIA_TYPE[one] === best);
  if (format !== undefined) return format;
  throw requestError(
    406,
    'Accept must allow application/json or text/csv; or choose with the parameter format=json or format=csv.',
  );
}

/** Answers figures in the format that was asked for, or 304 where the caller has them. */
export function sendFigures<Row extends object>(
  request: FastifyRequest,
  reply: FastifyReply,
  asked: Format | undefined,
  figures: Figures<Row>,
): FastifyReply {
  const { name, table, facts, range, json: body = { rows: table.rows } } = figures;
  const format = formatOf(request, asked);
  if (isUnchanged(request, reply, format, { ...body, ...facts })) return reply.code(304).send();
  if (format === 'json') return reply.send({ ...body, ...range, ...facts });
  return csvHeaders(request, reply, name, facts, range).send(csvText(table));
}

/** Sets the headers by which an answer is kept; true where the caller has these figures already. */
export function isUnchanged(
  request: FastifyRequest,
  reply: FastifyReply,
  format: string,
  figures: object,
): boolean {
  const etag = etagOf(request, format, figures);
  // What is written in the audit shows riders, and is left behind on no disk.
  const kept = request.audited ? 'no-store' : 'private, no-cache';
  reply.headers({ etag, 'cache-control': kept, vary: 'accept, authorization, cookie' });
  return isKnown(request.headers['if-none-match'], etag);
}

/** Weak: the same figures, though `from` may read otherwise a second later. */
function etagOf(request: FastifyRequest, format: string, figures: object): string {
  const { pathname, searchParams } = urlOf(request);
  searchParams.sort();
  const asked = [pathname, searchParams.toString(), format];
  const digest = createHash('sha256')
    .update(JSON.stringify([...asked, figures]))
    .digest('base64url');
  return `W/"${digest.slice(0, 27)}"`;
}

/** Whether `If-None-Match` names the tag, by the weak comparison of RFC 9110. */
export function isKnown(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  const opaque = (tag: string): string => tag.trim().replace(/^W\//, '');
  return header.split(',').some((tag) => opaque(tag) === opaque(etag));
}

function urlOf(request: FastifyRequest): URL {
  return new URL(request.url, 'http://localhost');
}

export function csvHeaders(
  request: FastifyRequest,
  reply: FastifyReply,
  name: string,
  facts: Facts,
  range?: ResolvedRange,
): FastifyReply {
  if (!/^[a-z0-9-]+$/.test(name)) throw new Error(`${name} is no name for a file`);
  const told = {
    'x-farelog-as-of': facts.as_of,
    'x-farelog-zone': facts.zone,
    'x-farelog-currency': facts.currency,
    'x-farelog-from': range?.from,
    'x-farelog-to': range?.to,
    link: nextLink(request, facts.next_cursor),
  };
  for (const [header, value] of Object.entries(told))
    if (value !== undefined && value !== null) reply.header(header, String(value));
  return reply
    .header('content-disposition', `attachment; filename="farelog-${name}.csv"`)
    .type('text/csv; charset=utf-8; header=present');
}

function nextLink(request: FastifyRequest, cursor: string | null | undefined): string | undefined {
  if (cursor === undefined || cursor === null) return undefined;
  const { pathname, searchParams } = urlOf(request);
  searchParams.set('cursor', cursor);
  return `<${pathname}?${searchParams}>; rel="next"`;
}

/** Rows without end, page by page, each read when the one before is on its way. */
export interface Download<Row extends object> {
  readonly name: string;
  readonly columns: readonly Column<Row>[];
  readonly pages: AsyncGenerator<readonly Row[], void>;
  readonly facts: Facts;
}

interface ErrorLog {
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/**
 * Answers CSV of any length in constant memory. A failure of the first page is an answer like any other; one after it
 * cuts the connection, so that nobody takes half a file for the whole.
 */
export async function streamCsv<Row extends object>(
  request: FastifyRequest,
  reply: FastifyReply,
  logger: ErrorLog,
  { name, columns, pages, facts }: Download<Row>,
): Promise<FastifyReply> {
  const first = await pages.next();
  csvHeaders(request, reply, name, facts).header('vary', 'accept, authorization, cookie');
  async function* texts(): AsyncGenerator<string, void> {
    try {
      yield csvText({ columns, rows: first.value ?? [] });
      for await (const rows of pages) yield csvText({ columns, rows }, false);
    } catch (error) {
      logger.error('A CSV answer broke off, and its connection is cut', {
        route: request.routeOptions.url,
        error: failureOf(error),
      });
      throw error;
    } finally {
      await pages.return();
    }
  }
  // A HEAD would otherwise read every row and throw it away.
  if (request.method === 'HEAD') {
    await pages.return();
    return reply.send();
  }
  return reply.send(Readable.from(texts()));
}

/**
 * The answers of a route that answers figures, for its doc: JSON, the same as CSV, and 304. Its problems are
 * `FIGURES_PROBLEMS` besides its own.
 */
export function figuresAnswers<Row extends object>(
  description: string,
  body: JsonDoc,
  example: Table<Row>,
): RouteDoc['answers'] {
  const headers = {
    etag: 'Weak; the same while the figures are. Send it as If-None-Match.',
    'cache-control':
      'Figures may be kept, and are asked for again each time; those of riders may not be kept.',
    vary: 'What else the answer depends on.',
  };
  return {
    200: {
      description,
      json: body,
      texts: [{ type: 'text/csv', example: csvText(example) }],
      headers: {
        ...headers,
        'content-disposition': 'In CSV: the name of the file.',
        'x-farelog-as-of': 'In CSV: what is as_of in JSON; so too zone, currency, from and to.',
        link: 'In CSV, where there is a next page: its address, with rel="next".',
      },
    },
    304: { description: 'The figures are those that the caller has.', headers },
  };
}

export const FIGURES_PROBLEMS: readonly number[] = [406];
