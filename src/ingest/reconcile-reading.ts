/** A provider's record as it is read: one that can be a payment, or what is wrong with it. */
import { ProviderError } from '../bytemark/provider-error.js';
import type { PaymentRules } from '../domain/payment.js';
import { parseInstant } from '../domain/time.js';
import { type NameRider, type Prepared, prepareAtOnce } from './intake.js';
import type { ProviderRecord, ProviderRecords } from './reconcile-records.js';

export interface ReadRecord {
  readonly record: ProviderRecord;
  readonly prepared: Prepared;
  /** Fields that it does not tell and need not. */
  readonly lacks: readonly string[];
}

interface ReadingEffects {
  readonly records: ProviderRecords;
  readonly rules: PaymentRules;
  readonly nameRider: NameRider;
  readonly clock: () => number;
}

/** So many records, none of which is a payment, mean that the settings are wrong rather than the records. */
const HOPELESS_RECORDS = 10;
/** In the place of what a settlement file does not tell; never compared, and never recorded. */
const STAND_INS = { user_id: 'not told', order_id: 1 } as const;
const MAY_LACK = ['user_id', 'order_id'] as const;

export class RecordReader {
  readonly #effects: ReadingEffects;
  /** By the source's unit and times; nothing is a price there, which the comparison judges. */
  readonly #rules: PaymentRules;

  constructor(effects: ReadingEffects) {
    this.#effects = effects;
    this.#rules = { ...effects.rules, ...effects.records.rules, acceptZeroFares: true };
  }

  read(record: ProviderRecord): ReadRecord | Promise<ReadRecord> {
    const { claim, problems } = record;
    if (claim === undefined) return { record, prepared: { ok: false, problems }, lacks: [] };
    const { records, nameRider, clock } = this.#effects;
    const lacks = MAY_LACK.filter((field) => records.optional.has(field) && (claim[field] ?? '') === '');
    const filled = { ...claim, ...Object.fromEntries(lacks.map((field) => [field, STAND_INS[field]])) };
    const source = records.source === 'api' ? 'pull' : 'import';
    const prepared = prepareAtOnce(filled, source, this.#rules, nameRider, clock());
    if (!(prepared instanceof Promise)) return { record, prepared, lacks };
    return prepared.then((result) => ({ record, prepared: result, lacks }));
  }

  /** Wrong settings would make an exception of each of the provider's payments. @throws ProviderError `malformed` */
  refuseHopeless(read: readonly ReadRecord[]): void {
    if (read.length < HOPELESS_RECORDS || read.some(({ prepared }) => prepared.ok)) return;
    const first = read[0]?.prepared;
    const problems = first?.ok === false ? first.problems.map(({ message }) => message).join('; ') : '';
    const settings =
      this.#effects.records.source === 'api'
        ? 'FARELOG_BYTEMARK_FIELDS, FARELOG_BYTEMARK_UNIT and FARELOG_BYTEMARK_TIME'
        : '--map, --unit, --time and --zone';
    const message = `None of the first ${read.length} records is a payment (${problems}). Are ${settings} right? Nothing was compared.`;
    throw new ProviderError('malformed', message);
  }

  /** When a record that is no payment says that it was made; null where that cannot be read either. */
  secondOf({ claim }: ProviderRecord): number | null {
    const instant = parseInstant(claim?.logged_on, this.#rules.time);
    return instant.ok ? instant.second : null;
  }
}

/** The id that a record names, where it names one. */
export function idOf({ record: { claim } }: Pick<ReadRecord, 'record'>): number[] {
  const id = claim?.payment_id;
  return typeof id === 'number' && Number.isInteger(id) && id >= 1 && id <= 4_294_967_295 ? [id] : [];
}
