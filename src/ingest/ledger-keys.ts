/** Numbers for payment types and riders that have none yet; the caller's transaction keeps others from doing the same. */
import type { Knex } from 'knex';
import type { Fact, LedgerKeys } from '../domain/ledger.js';
import { insertKeys, type KeyKind, keyNumbers, nextKeyNumber } from '../store/ledger.js';

/** The numbers of everything that the facts name; new names get the next numbers. */
export async function addLedgerKeys(trx: Knex, facts: readonly Fact[]): Promise<LedgerKeys> {
  const types = await numbered(trx, 'type', new Set(facts.map((fact) => fact.payment_type)));
  const riders = await numbered(trx, 'rider', new Set(facts.map((fact) => fact.user_id)));
  return { typeNo: (type) => numberIn(types, type), riderNo: (rider) => numberIn(riders, rider) };
}

async function numbered(trx: Knex, kind: KeyKind, names: ReadonlySet<string>): Promise<Map<string, number>> {
  const numbers = await keyNumbers(trx, kind, [...names]);
  const missing = [...names].filter((name) => !numbers.has(name));
  if (missing.length === 0) return numbers;
  const next = await nextKeyNumber(trx, kind);
  const added = missing.map((name, index) => [name, next + index] as const);
  await insertKeys(trx, kind, added);
  for (const [name, no] of added) numbers.set(name, no);
  return numbers;
}

function numberIn(numbers: ReadonlyMap<string, number>, name: string): number {
  const no = numbers.get(name);
  if (no === undefined) throw new RangeError('The ledger has no number for a payment type or rider');
  return no;
}

/** The number of one rider, or of the word for erased ones; a new one where it has none. */
export async function riderNumber(trx: Knex, userId: string): Promise<number> {
  return numberIn(await numbered(trx, 'rider', new Set([userId])), userId);
}
