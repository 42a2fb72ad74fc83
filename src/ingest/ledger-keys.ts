/** Numbers for payment types and riders that have none yet; whoever saves them keeps others from doing the same. */
import type { Knex } from 'knex';
import type { LedgerKeys, Named } from '../domain/ledger.js';
import { insertKeys, type KeyKind, keyNumbers, nextKeyNumber } from '../store/ledger.js';

/** Names that are not stored yet, with the numbers that they get. */
export type NewKeys = Readonly<Record<KeyKind, readonly (readonly [name: string, no: number])[]>>;

export interface NumberedKeys {
  readonly keys: LedgerKeys;
  readonly added: NewKeys;
}

/** The numbers of everything that the facts name; new names get the next numbers, and are yet to be saved. */
export async function numberKeys(knex: Knex, facts: readonly Named[]): Promise<NumberedKeys> {
  const types = await numbered(knex, 'type', new Set(facts.map((fact) => fact.payment_type)));
  const riders = await numbered(knex, 'rider', new Set(facts.map((fact) => fact.user_id)));
  return {
    keys: {
      typeNo: (type) => numberIn(types.numbers, type),
      riderNo: (rider) => numberIn(riders.numbers, rider),
    },
    added: { type: types.added, rider: riders.added },
  };
}

export async function saveKeys(trx: Knex, added: NewKeys): Promise<void> {
  await insertKeys(trx, 'type', added.type);
  await insertKeys(trx, 'rider', added.rider);
}

/** The same, saved at once. */
export async function addLedgerKeys(trx: Knex, facts: readonly Named[]): Promise<LedgerKeys> {
  const { keys, added } = await numberKeys(trx, facts);
  await saveKeys(trx, added);
  return keys;
}

async function numbered(knex: Knex, kind: KeyKind, names: ReadonlySet<string>) {
  const numbers = await keyNumbers(knex, kind, [...names]);
  const missing = [...names].filter((name) => !numbers.has(name));
  if (missing.length === 0) return { numbers, added: [] };
  const next = await nextKeyNumber(knex, kind);
  const added = missing.map((name, index) => [name, next + index] as const);
  for (const [name, no] of added) numbers.set(name, no);
  return { numbers, added };
}

function numberIn(numbers: ReadonlyMap<string, number>, name: string): number {
  const no = numbers.get(name);
  if (no === undefined) throw new RangeError('The ledger has no number for a payment type or rider');
  return no;
}

/** The number of one rider, or of the word for erased ones; a new one, saved, where it has none. */
export async function addRiderKey(trx: Knex, userId: string): Promise<number> {
  const { numbers, added } = await numbered(trx, 'rider', new Set([userId]));
  await insertKeys(trx, 'rider', added);
  return numberIn(numbers, userId);
}
