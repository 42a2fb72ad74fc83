/**
 * Whether an answer of Farelog's is the source's: every field that the source gives, row by row. A fast wrong answer
 * must not pass, and a right one must not fail for what the source cannot know: that money added up in floating point
 * is off, that averages are rounded, that a list is given in pages, in objects, and with days on which nothing happened.
 */

/** The source's sum of ten million doubles was seen off by 1.2e-10 of itself, 0.6 cents of 53 million dollars; a cent is more. */
const FLOAT_ERROR = 1.3e-10;
/** Averages have 4 decimals. */
const ROUNDING = 0.000_051;

/** @throws Error naming the field in which the answers differ */
export function expectSame(ours: unknown, theirs: unknown, at = 'answer'): void {
  if (Array.isArray(theirs)) {
    expectSameList(rowsOf(ours), theirs, at);
  } else if (isRecord(theirs)) {
    if (!isRecord(ours)) throw differ(at, ours, theirs);
    for (const [field, value] of Object.entries(theirs)) expectSame(ours[field], value, `${at}.${field}`);
  } else if (!isSameValue(ours, theirs)) {
    throw differ(at, ours, theirs);
  }
}

function isSameValue(ours: unknown, theirs: unknown): boolean {
  if (ours === theirs || momentOf(ours) === momentOf(theirs)) return true;
  if (typeof ours !== 'number' || theirs === null) return false;
  return Math.abs(ours - Number(theirs)) <= ROUNDING + Math.abs(ours) * FLOAT_ERROR;
}

function expectSameList(ours: readonly unknown[] | undefined, theirs: readonly unknown[], at: string): void {
  const rows = ours?.filter((row) => !isEmptyBucket(row));
  const first = theirs[0];
  if (rows === undefined || (first !== undefined && rows.length === 0)) throw differ(at, ours, theirs);
  if (isRecord(first) && 'user_id' in first) {
    expectSamePage(rows, theirs, at);
    return;
  }
  if (rows.length !== theirs.length) throw differ(`${at}.length`, rows.length, theirs.length);
  theirs.forEach((row, index) => {
    expectSame(rows[index], row, `${at}[${index}]`);
  });
}

/** Riders by spend: a first page, in which riders who spent the same may stand either way round. */
function expectSamePage(ours: readonly unknown[], theirs: readonly unknown[], at: string): void {
  const spent = (row: unknown): unknown => (isRecord(row) ? row.total_spent : undefined);
  const byRider = new Map(theirs.map((row) => [isRecord(row) ? row.user_id : undefined, row]));
  ours.forEach((row, index) => {
    expectSame(spent(row), spent(theirs[index]), `${at}[${index}].total_spent`);
    expectSame(row, isRecord(row) ? byRider.get(row.user_id) : undefined, `${at}[${index}]`);
  });
}

function rowsOf(answer: unknown): readonly unknown[] | undefined {
  if (Array.isArray(answer)) return answer;
  return isRecord(answer) && Array.isArray(answer.rows) ? answer.rows : undefined;
}

function isEmptyBucket(row: unknown): boolean {
  return isRecord(row) && (row.transactions === 0 || row.daily_transactions === 0);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Milliseconds of ISO 8601 with offset, or of the source's text in UTC; NaN, which equals nothing, of anything else. */
function momentOf(value: unknown): number {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d/.test(value)) return Number.NaN;
  return Date.parse(value.includes('T') ? value : `${value.replace(' ', 'T')}Z`);
}

function differ(at: string, ours: unknown, theirs: unknown): Error {
  const text = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 200);
  return new Error(`${at}: Farelog says ${text(ours)}, the source ${text(theirs)}`);
}
