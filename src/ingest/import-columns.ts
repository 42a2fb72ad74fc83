/** Which column of a file holds which field of a payment. */
import { AppError } from '../domain/errors.js';
import type { PaymentClaim } from '../domain/payment.js';

export type ClaimField = keyof PaymentClaim;

/** The file's name for a field, where it is none of the known ones. */
export type ColumnMapping = Readonly<Partial<Record<ClaimField, string>>>;

/** The names each field is known by: the table's own first, then the notification's. */
const KNOWN_NAMES = {
  payment_id: ['payment_id'],
  user_id: ['user_id'],
  order_id: ['order_id'],
  payment_type: ['payment_type', 'payment_method'],
  total_price: ['total_price', 'amount'],
  logged_on: ['logged_on', 'timestamp'],
  currency: ['currency'],
  reference: ['reference', 'event_id', 'order_uuid'],
} as const satisfies Record<ClaimField, readonly string[]>;

export const CLAIM_FIELDS = [
  'payment_id',
  'user_id',
  'order_id',
  'payment_type',
  'total_price',
  'logged_on',
  'currency',
  'reference',
] as const satisfies readonly ClaimField[];

/** Fields that a file of payments may leave out. */
const OPTIONAL: ReadonlySet<ClaimField> = new Set(['currency', 'reference']);

/** The columns that a file of refused rows has before those of its input. */
export const LINE_COLUMN = 'farelog_line';
export const PROBLEMS_COLUMN = 'farelog_problems';

/** The index of each field's column; -1 where an optional one is not there. */
export type ColumnIndexes = Readonly<Record<ClaimField, number>>;

/**
 * Finds each field's column by name, without regard to case or surrounding spaces.
 * @throws AppError `usage` where a column is missing, is there twice, or may mean something else
 */
export function findColumns(
  file: string,
  header: readonly string[],
  mapping: ColumnMapping,
  optional: ReadonlySet<ClaimField> = OPTIONAL,
): ColumnIndexes {
  const names = header.map((name) => name.trim().toLowerCase());
  refusePortalKey(file, names, mapping);
  const indexes = { ...NOWHERE };
  const missing: ClaimField[] = [];
  for (const field of CLAIM_FIELDS) {
    const mapped = mapping[field]?.trim().toLowerCase();
    const candidates: readonly string[] = mapped === undefined ? KNOWN_NAMES[field] : [mapped];
    const name = candidates.find((candidate) => names.includes(candidate));
    if (name === undefined) {
      if (mapped !== undefined || !optional.has(field)) missing.push(field);
      continue;
    }
    indexes[field] = names.indexOf(name);
    if (names.lastIndexOf(name) !== indexes[field])
      throw new AppError('usage', `${file} has the column ${name} twice. Rename one of the two.`);
  }
  if (missing.length > 0) throw missingColumns(file, header, mapping, missing);
  return indexes;
}

const NOWHERE: Record<ClaimField, number> = {
  payment_id: -1,
  user_id: -1,
  order_id: -1,
  payment_type: -1,
  total_price: -1,
  logged_on: -1,
  currency: -1,
  reference: -1,
};

function missingColumns(
  file: string,
  header: readonly string[],
  mapping: ColumnMapping,
  missing: readonly ClaimField[],
): AppError {
  const wanted = missing.map((field) => {
    const mapped = mapping[field];
    return `${field} (looked for ${mapped ?? KNOWN_NAMES[field].join(', ')})`;
  });
  const found = header.map((name) => name.trim()).join(', ');
  const example = `--map ${missing[0]}=NAME`;
  return new AppError(
    'usage',
    `${file} has no column for ${wanted.join('; ')}. Its columns are: ${found}. Say which one it is: ${example}`,
  );
}

/**
 * In the portal's table `payment_id` names the wallet instrument and repeats; the row's own `id` is the payment. Taken
 * for the key, it would fold the payments of one instrument into one, so such a file must say which it means.
 * @throws AppError `usage`
 */
export function refusePortalKey(file: string, names: readonly string[], mapping: ColumnMapping): void {
  if (mapping.payment_id !== undefined || !names.includes('id') || !names.includes('payment_id')) return;
  const isPortal =
    names.includes('f_token_id') || (names.includes('created_on') && !names.includes('logged_on'));
  if (!isPortal) return;
  throw new AppError(
    'usage',
    `${file} looks like the portal's own table, whose payment_id names the wallet instrument and repeats; the payment itself is its id. Say which to use: --map payment_id=id (or --map payment_id=payment_id).`,
  );
}
