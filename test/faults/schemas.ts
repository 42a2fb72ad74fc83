/** What a migration may change and what it must not: a database's objects with their definitions, and rows of tables. */
import { selectFrom } from './raw-statements.js';

export type Schema = Readonly<Record<string, string>>;

/** Every object of a database with its definition. */
export async function schemaOf(url: string): Promise<Schema> {
  if (url.startsWith('sqlite:')) {
    const rows = await selectFrom(url, "SELECT name, sql FROM sqlite_master WHERE name <> 'sqlite_sequence'");
    return sorted(rows.map(({ name, sql }) => [String(name), String(sql)]));
  }
  const entries: [string, string][] = [];
  for (const row of await selectFrom(url, 'SHOW TABLES')) {
    const table = String(Object.values(row)[0]);
    const [created] = await selectFrom(url, `SHOW CREATE TABLE ${table}`);
    const definition = String(created?.['Create Table'] ?? created?.['Create View']);
    // A view's definition names its database.
    const plain = definition
      .replace(/ AUTO_INCREMENT=\d+/, '')
      .replaceAll(new URL(url).pathname.slice(1), 'db');
    entries.push([table, plain]);
  }
  return sorted(entries);
}

function sorted(entries: readonly (readonly [string, string])[]): Schema {
  return Object.fromEntries(entries.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

/** Objects that are not the same in both, by their names. */
export function differingObjects(one: Schema, other: Schema): string[] {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].filter((name) => one[name] !== other[name]);
}

/** The rows of a table as text, each a line; none where the table is not there. */
export async function rowsOf(url: string, table: string): Promise<readonly string[]> {
  if (!(table in (await schemaOf(url)))) return [];
  const rows = await selectFrom(url, `SELECT * FROM ${table} ORDER BY 1`);
  return rows.map((row) => JSON.stringify(row));
}
