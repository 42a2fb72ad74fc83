/** The database as another program sees it: plain SQL, none of Farelog's code. */
import Database from 'better-sqlite3';
import { createConnection, type RowDataPacket } from 'mysql2/promise';

export interface RawState {
  /** Price in minor units by payment id. */
  readonly payments: ReadonlyMap<number, number>;
  readonly captures: number;
  /** The blocks of days, with the journal. */
  readonly revenue: { readonly payments: number; readonly minor: number };
  readonly riders: { readonly payments: number; readonly minor: number };
  /** Payments that wait in the journal. */
  readonly journal: number;
}

const PAYMENTS =
  'SELECT payment_id AS id, ROUND(total_price * 100) AS minor FROM hntb_bytemark_order_payments';
const CAPTURES = 'SELECT COUNT(*) AS id, 0 AS minor FROM farelog_captures';
/** Periods of days have eight digits, those of months six. */
const blocksOf = (section: string): string =>
  `SELECT COALESCE(SUM(payments), 0) AS id, COALESCE(SUM(minor), 0) AS minor FROM farelog_ledger
    WHERE section = '${section}' AND period >= 1000000`;
const JOURNAL =
  'SELECT COALESCE(SUM(payments), 0) AS id, COALESCE(SUM(minor), 0) AS minor FROM farelog_journal';

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
  const [payments = [], captures = [], revenue = [], riders = [], journal = []] = await query(databaseUrl, [
    PAYMENTS,
    CAPTURES,
    blocksOf('revenue'),
    blocksOf('riders'),
    JOURNAL,
  ]);
  const [waiting] = journal;
  const sums = ([posted]: readonly Row[]) => ({
    payments: (posted?.id ?? 0) + (waiting?.id ?? 0),
    minor: (posted?.minor ?? 0) + (waiting?.minor ?? 0),
  });
  const byId = new Map(payments.map((row) => [row.id, row.minor]));
  if (byId.size !== payments.length) throw new Error('a payment id stands twice in the table');
  return {
    payments: byId,
    captures: captures[0]?.id ?? 0,
    revenue: sums(revenue),
    riders: sums(riders),
    journal: waiting?.id ?? 0,
  };
}
