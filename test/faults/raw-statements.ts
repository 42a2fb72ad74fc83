/** Statements on a database past every layer of Farelog: what another program might do. */
import Database from 'better-sqlite3';
import { createConnection } from 'mysql2/promise';

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
