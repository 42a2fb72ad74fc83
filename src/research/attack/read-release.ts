/** A release as a stranger reads it: its own files and nothing else. */
import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse';
import { z } from 'zod';

const LEVELS = {
  time: z.enum(['day', 'week', 'month']).nullable(),
  type: z.boolean(),
  price: z.boolean(),
};

const DESCRIPTION = z.object({
  release: z.string(),
  k: z.int(),
  from: z.string(),
  to: z.string(),
  digits: z.int(),
  measures: z.array(z.string()),
  types: z.array(z.string()),
  price_bands: z.array(z.number()),
  tables: z.array(z.object({ file: z.string().regex(/^[a-z-]+\.csv$/), ...LEVELS })),
  records: z
    .object({ file: z.string().regex(/^[a-z-]+\.csv$/), ...LEVELS, pseudonyms: z.boolean() })
    .nullable(),
});

export interface SeenCell {
  /** As the file names them; undefined where the table does not divide by it. */
  readonly time: string | undefined;
  readonly type: string | undefined;
  /** Where its price band begins, minor units. */
  readonly price: number | undefined;
  readonly suppressed: boolean;
  readonly riders: number | undefined;
  readonly payments: number | undefined;
  /** Minor units. */
  readonly money: number | undefined;
}

export interface SeenTable {
  readonly release: string;
  readonly file: string;
  readonly time: 'day' | 'week' | 'month' | null;
  readonly type: boolean;
  readonly price: boolean;
  /** Rows that were counted by the attacker: what is not there may be hidden, or nothing. */
  readonly fromRecords: boolean;
  readonly cells: readonly SeenCell[];
}

export interface SeenRelease {
  readonly release: string;
  readonly k: number;
  readonly from: string;
  readonly to: string;
  readonly types: readonly string[];
  readonly bandStarts: readonly number[];
  readonly ridersTold: boolean;
  readonly tables: readonly SeenTable[];
}

export async function readRelease(folder: string): Promise<SeenRelease> {
  const described = DESCRIPTION.parse(JSON.parse(readFileSync(join(folder, 'release.json'), 'utf8')));
  const tables: SeenTable[] = [];
  for (const { file, ...levels } of described.tables) {
    const cells: SeenCell[] = [];
    for await (const row of rowsOf(join(folder, file))) cells.push(cellOf(row, levels, described.digits));
    tables.push({ release: described.release, file, ...levels, fromRecords: false, cells });
  }
  const { records } = described;
  if (records !== null) {
    const cells = await countRecords(join(folder, records.file), records, described.digits);
    const { file, time, type, price } = records;
    tables.push({ release: described.release, file, time, type, price, fromRecords: true, cells });
  }
  return {
    ...{ release: described.release, k: described.k, from: described.from, to: described.to, tables },
    ...{ types: described.types, bandStarts: described.price_bands },
    ridersTold: described.measures.includes('riders'),
  };
}

type Row = Readonly<Record<string, string>>;
type Levels = Pick<SeenTable, 'time' | 'type' | 'price'>;

async function* rowsOf(file: string): AsyncGenerator<Row> {
  const rows: AsyncIterable<Row> = createReadStream(file).pipe(parse({ columns: true }));
  yield* rows;
}

const numberOf = (text: string | undefined): number | undefined =>
  text === undefined || text === '' ? undefined : Number(text);
const minorOf = (text: string | undefined, digits: number): number | undefined =>
  text === undefined || text === '' ? undefined : Math.round(Number(text) * 10 ** digits);

function placeOf(row: Row, { time, type, price }: Levels, digits: number) {
  return {
    time: time === null ? undefined : row[time],
    type: type ? row.payment_type : undefined,
    price: price ? minorOf(row.price_from, digits) : undefined,
  };
}

function cellOf(row: Row, levels: Levels, digits: number): SeenCell {
  return {
    ...placeOf(row, levels, digits),
    suppressed: row.suppressed === '1',
    riders: numberOf(row.riders),
    payments: numberOf(row.payments),
    money: minorOf(row.revenue, digits),
  };
}

/** What can be counted in rows of single payments. */
async function countRecords(
  file: string,
  levels: Levels & { readonly pseudonyms: boolean },
  digits: number,
): Promise<SeenCell[]> {
  const counted = new Map<
    string,
    { place: ReturnType<typeof placeOf>; payments: number; riders: Set<string> }
  >();
  for await (const row of rowsOf(file)) {
    const place = placeOf(row, levels, digits);
    const key = JSON.stringify(place);
    const cell = counted.get(key) ?? { place, payments: 0, riders: new Set() };
    cell.payments++;
    if (levels.pseudonyms) cell.riders.add(row.rider ?? '');
    counted.set(key, cell);
  }
  return [...counted.values()].map(({ place, payments, riders }) => ({
    ...{ ...place, suppressed: false, payments, money: undefined },
    riders: levels.pseudonyms ? riders.size : undefined,
  }));
}
