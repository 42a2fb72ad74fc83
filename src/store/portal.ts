/**
 * Reading the portal: the production database of the platform, which is another service's. Its sessions are read-only by
 * the server's own word, a page is read from one snapshot, and names that come from a person are looked up in the
 * database's catalogue before they stand in a statement.
 *
 * Reading goes by the primary key, a page after the other, so its cost is that of the rows that are asked for and nothing
 * is skipped or given twice while the portal writes.
 */
import type { Knex } from 'knex';
import { AppError, codeOf } from '../domain/errors.js';
import { openKnexReadOnly } from './open.js';

export const PORTAL_PAYMENTS = 'bytemark_order_payments';

/** A row of the portal's payments; ids and times as text, so that no digit is lost on the way. */
export interface PortalRow {
  readonly id: number;
  readonly user_id: string | null;
  readonly order_id: string | null;
  readonly order_uuid: unknown;
  readonly payment_type: unknown;
  readonly total_price: unknown;
  /** As the portal holds it; with a Z where the column is a TIMESTAMP, which is an instant. */
  readonly created_on: string | null;
}

/** Which rows: ids over `after` up to `upTo` and, where it is given, created at `since` or later. */
export interface PortalRange {
  readonly after: number;
  readonly upTo: number;
  /** As the portal writes its times: `YYYY-MM-DD HH:MM:SS`. */
  readonly since: string | null;
}

export interface PortalPage {
  readonly rows: readonly PortalRow[];
  /** Which of the rows' users stand in the table of users; null where none was named. */
  readonly users: ReadonlySet<string> | null;
}

/** A table of the portal's that lists the users who count. */
export interface UserTable {
  readonly table: string;
  readonly column: string;
}

interface Column {
  readonly table: string;
  readonly name: string;
  readonly type: string;
}

const NEEDED = ['id', 'user_id', 'order_id', 'payment_type', 'total_price', 'created_on'] as const;
const INTEGER = /^(tiny|small|medium|big)?int$/;

interface RawRow extends Omit<PortalRow, 'id'> {
  readonly row_id: string;
}

/** Zeros after the point are the column's, not the price's: DECIMAL(10,4) gives 2.5000. */
function priceOf(value: unknown): unknown {
  return typeof value === 'string' && /^-?\d+\.\d+$/.test(value) ? value.replace(/\.?0+$/, '') : value;
}

/** Where a portal is, without who reads it: the same however it is logged in to. */
export function portalName(url: string): string {
  const { hostname, port, pathname, searchParams } = new URL(url);
  const place = searchParams.get('socket') ?? `${hostname}:${port || '3306'}`;
  return `mysql://${place}${pathname}/${PORTAL_PAYMENTS}`;
}

export class Portal {
  readonly name: string;
  readonly knex: Knex;
  /** Columns of the payments, and of the users' table where one is named. */
  #payments: ReadonlyMap<string, Column> = new Map();
  #users: UserTable | null = null;

  /** @param setting what gave the address, for errors; nothing is opened yet */
  constructor(url: string, setting: string) {
    this.knex = openKnexReadOnly(url, setting);
    this.name = portalName(url);
  }

  /**
   * Looks whether the tables are what is expected.
   * @throws AppError `usage` naming what is missing, `unavailable`
   */
  async look(users: UserTable | null): Promise<void> {
    this.#payments = await this.#columnsOf(PORTAL_PAYMENTS);
    const missing = NEEDED.filter((name) => !this.#payments.has(name));
    if (missing.length > 0)
      throw new AppError('usage', `The portal's ${PORTAL_PAYMENTS} has no column ${missing.join(', ')}.`);
    const type = this.#payments.get('id')?.type ?? '';
    if (!INTEGER.test(type))
      throw new AppError(
        'usage',
        `The portal's ${PORTAL_PAYMENTS}.id is a ${type}, and must be a whole number.`,
      );
    this.#users = users === null ? null : await this.#userTable(users);
  }

  /** Whether times are instants (TIMESTAMP), so that no zone has to be declared. */
  get hasInstants(): boolean {
    return this.#payments.get('created_on')?.type === 'timestamp';
  }

  /** The newest row's id; 0 where there is none. */
  async newestId(): Promise<number> {
    const row = await this.#read((knex) => knex(PORTAL_PAYMENTS).max({ id: 'id' }).first());
    return Number(row?.id ?? 0);
  }

  /** The next rows of a range, by ascending id, and whose users count, all of one moment. */
  async page({ after, upTo, since }: PortalRange, limit: number): Promise<PortalPage> {
    const raw = await this.#read((knex) =>
      knex.transaction(
        async (trx) => {
          const query = trx(`${PORTAL_PAYMENTS} as p`)
            .select(this.#selected(trx))
            .where('p.id', '>', after)
            .where('p.id', '<=', upTo)
            .orderBy('p.id')
            .limit(limit);
          if (since !== null) query.where('p.created_on', '>=', since);
          const rows: RawRow[] = await query;
          return { rows, users: await this.#usersAmong(trx, rows) };
        },
        { isolationLevel: 'repeatable read' },
      ),
    );
    return { users: raw.users, rows: raw.rows.map((row) => this.#rowOf(row)) };
  }

  close(): Promise<void> {
    return this.knex.destroy();
  }

  #selected(trx: Knex): (string | Knex.Raw)[] {
    const text = (column: string, name: string): Knex.Raw =>
      trx.raw('CAST(?? AS CHAR) AS ??', [column, name]);
    return [
      text('p.id', 'row_id'),
      text('p.user_id', 'user_id'),
      text('p.order_id', 'order_id'),
      'p.payment_type',
      'p.total_price',
      text('p.created_on', 'created_on'),
      this.#payments.has('order_uuid') ? 'p.order_uuid' : trx.raw('NULL AS ??', ['order_uuid']),
    ];
  }

  #rowOf({ row_id, ...row }: RawRow): PortalRow {
    const id = Number(row_id);
    if (!Number.isSafeInteger(id))
      throw new AppError('usage', `The portal's row ${row_id} has an id beyond what can be counted exactly.`);
    const created = row.created_on !== null && this.hasInstants ? `${row.created_on}Z` : row.created_on;
    return { ...row, id, total_price: priceOf(row.total_price), created_on: created };
  }

  /** Compared as text here: the database would take "7 " for "7", and any word for the number 0. */
  async #usersAmong(trx: Knex, rows: readonly RawRow[]): Promise<ReadonlySet<string> | null> {
    const users = this.#users;
    if (users === null) return null;
    const asked = [...new Set(rows.flatMap(({ user_id }) => (user_id === null ? [] : [user_id])))];
    if (asked.length === 0) return new Set();
    const found: { user_id: string }[] = await trx(users.table)
      .distinct(trx.raw('CAST(?? AS CHAR) AS ??', [users.column, 'user_id']))
      .whereIn(users.column, asked);
    return new Set(found.map(({ user_id }) => user_id));
  }

  async #columnsOf(table: string): Promise<ReadonlyMap<string, Column>> {
    const columns: Column[] = await this.#read((knex) =>
      knex('information_schema.columns')
        .select({ table: 'table_name', name: 'column_name', type: 'data_type' })
        .whereRaw('table_schema = DATABASE()')
        .where('table_name', table)
        .orderBy('ordinal_position'),
    );
    if (columns.length === 0)
      throw new AppError('usage', `The portal has no table ${table}, or this user may not read it.`);
    return new Map(columns.map((column) => [column.name, column]));
  }

  async #userTable({ table, column }: UserTable): Promise<UserTable> {
    const columns = await this.#columnsOf(table);
    const found = columns.get(column);
    if (found !== undefined) return { table: found.table, column: found.name };
    const names = [...columns.keys()].join(', ');
    throw new AppError(
      'usage',
      `The portal's table ${table} has no column ${column}. Its columns are: ${names}.`,
    );
  }

  /** A driver's message may quote a rider, so its code alone is told. */
  async #read<T>(read: (knex: Knex) => Promise<T> | PromiseLike<T>): Promise<T> {
    try {
      return await read(this.knex);
    } catch (error) {
      if (error instanceof AppError) throw error;
      throw new AppError('unavailable', `The portal cannot be read: ${codeOf(error)} (${this.name}).`);
    }
  }
}
