/** Statements on a database past every layer of Farelog: what another program might do. */
import Database from 'better-sqlite3';
import { createConnection, type RowDataPacket } from 'mysql2/promise';

export async function runOn(databaseUrl: string, statements: readonly string[]): Promise<void> {
  if (databaseUrl.startsWith('sqlite:')) {
    const db = new Database(databaseUrl.slice('sqlite:'.length), { fileMustExist: true });
    for (const sql of statements) db.exec(sql);
    db.close();
    return;
  }
  const connection = await createConnection(databaseUrl);
  for (const sql of statements) await connection.query(sql);
  await connection.end();
}

/** The rows of one statement. */
export async function selectFrom(databaseUrl: string, sql: string): Promise<Record<string, unknown>[]> {
  if (databaseUrl.startsWith('sqlite:')) {
    const db = new Database(databaseUrl.slice('sqlite:'.length), { fileMustExist: true });
    try {
      return db.prepare<[], Record<string, unknown>>(sql).all();
    } finally {
      db.close();
    }
  }
  const connection = await createConnection({ uri: databaseUrl, dateStrings: true });
  try {
    const [rows] = await connection.query<RowDataPacket[]>(sql);
    return rows.map((row) => ({ ...row }));
  } finally {
    await connection.end();
  }
}
