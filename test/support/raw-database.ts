/** The database as another program sees it: plain SQL, none of Farelog's code. */
import Database from 'better-sqlite3';
import { createConnection, type RowDataPacket } from 'mysql2/promise';

export interface RawState {
  /** Price in minor units by payment id. */
  readonly payments: ReadonlyMap<number, number>;
  readonly captures: number;
  readonly revenueRollup: { readonly payments: number; readonly minor: number };
  readonly riderRollup: { readonly payments: number; readonly minor: number };
}

const PAYMENTS =
  'SELECT payment_id AS id, ROUND(total_price * 100) AS minor FROM hntb_bytemark_order_payments';
const CAPTURES = 'SELECT COUNT(*) AS id, 0 AS minor FROM farelog_captures';
const REVENUE =
  'SELECT COALESCE(SUM(payments), 0) AS id, COALESCE(SUM(revenue_minor), 0) AS minor FROM farelog_revenue_hourly';
const RIDERS =
  'SELECT COALESCE(SUM(payments), 0) AS id, COALESCE(SUM(spent_minor), 0) AS minor FROM farelog_rider_monthly';

interface Row {
  readonly id: number;
  readonly minor: number;
}

async function query(databaseUrl: string, statements: readonly string[]): Promise<Row[][]> {
  if (databaseUrl.startsWith('sqlite:')) {
    const db = new Database(databaseUrl.slice('sqlite:'.length));
    try {
      return statements.map((sql) => db.prepare<[], Row>(sql).all());
    } finally {
      db.close();
    }
  }
  const connection = await createConnection(databaseUrl);
  try {
    const results: Row[][] = [];
    for (const sql of statements) {
      const [rows] = await connection.query<RowDataPacket[]>(sql);
      results.push(rows.map((row) => ({ id: Number(row.id), minor: Number(row.minor) })));
    }
    return results;
  } finally {
    await connection.end();
  }
}

/** Everything at once; call it when nobody writes. */
export async function readRawState(databaseUrl: string): Promise<RawState> {
  const [payments = [], captures = [], revenue = [], riders = []] = await query(databaseUrl, [
    PAYMENTS,
    CAPTURES,
    REVENUE,
    RIDERS,
  ]);
  const sums = (rows: readonly Row[]) => ({ payments: rows[0]?.id ?? 0, minor: rows[0]?.minor ?? 0 });
  const byId = new Map(payments.map((row) => [row.id, row.minor]));
  if (byId.size !== payments.length) throw new Error('a payment id stands twice in the table');
  return {
    payments: byId,
    captures: captures[0]?.id ?? 0,
    revenueRollup: sums(revenue),
    riderRollup: sums(riders),
  };
}
