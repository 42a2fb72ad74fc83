/**
 * A package after TIDES 1.0 (Transit ITS Data Exchange Specification), its table `fare_transactions`: what agencies and
 * their tools understand. Fields, their order and their words are the standard's. Its transactions are named as the
 * provider names them, which is what the standard's users hold them against.
 */
import type { Currency } from '../../domain/money.js';
import { HashedFile, type WrittenFile } from '../hashed-file.js';
import type { Cells } from './cells.js';
import { CsvFile } from './csv-file.js';
import type { Column } from './tables.js';

const TIDES_FOLDER = 'tides';
export const TIDES_CSV = `${TIDES_FOLDER}/fare_transactions.csv`;
const DESCRIPTOR = `${TIDES_FOLDER}/datapackage.json`;
const SCHEMA = 'fare_transactions.schema.json';
const PROFILE =
  'https://raw.githubusercontent.com/TIDES-transit/TIDES/v1.0/spec/tides-datapackage-profile.json';

const ACTIONS = [
  ...['Unknown action type', 'Purchase', 'Enter', 'Exit', 'Transfer entrance', 'Transfer exit', 'Add', 'New'],
  ...['Capture', 'Extend', 'Combine', 'Void', 'Activate', 'Adjust', 'Other'],
];
const MEDIA = [
  ...['Cash or coins', 'Smart card or ticket', 'Magnetic-stripe card or ticket', 'Bank card', 'Mobile NFC'],
  'Optical scan',
  'Button pressed by driver or operator to indicate a boarding or alighting passenger.',
  'Other type',
];

/**
 * Cards alone are known. A wallet of a phone that paid within an app was not held to a reader, so it is no `Mobile NFC`;
 * coins and tokens of the app are no cash.
 */
const BANK_CARDS: ReadonlySet<string> = new Set(['credit_card', 'debit_card', 'card']);

interface Field {
  readonly name: string;
  /** As the standard calls it. */
  readonly type: 'string' | 'date' | 'datetime' | 'number' | 'integer' | 'boolean';
  readonly constraints?: Readonly<Record<string, unknown>>;
  /** How it is written; what is not written is empty in every row. */
  readonly written?: Column['type'];
  readonly description: string;
}

const NOT_KNOWN = 'Not known.';
const unknown = (name: string, type: Field['type'] = 'string', constraints = {}): Field => ({
  ...{ name, type, description: NOT_KNOWN },
  ...(Object.keys(constraints).length > 0 && { constraints }),
});
const REQUIRED = { required: true };

const FIELDS: readonly Field[] = [
  {
    ...{ name: 'transaction_id', type: 'string', written: 'integer' },
    constraints: { ...REQUIRED, unique: true },
    description: "The provider's number of the payment.",
  },
  {
    ...{ name: 'service_date', type: 'date', written: 'date', constraints: REQUIRED },
    description: 'The service day in the reporting zone.',
  },
  {
    ...{ name: 'event_timestamp', type: 'datetime', written: 'timestamp', constraints: REQUIRED },
    description: 'When it was paid, UTC.',
  },
  unknown('location_ping_id'),
  {
    ...{ name: 'amount', type: 'number', written: 'money', constraints: REQUIRED },
    description: 'The price as it was paid, before any adjustment.',
  },
  { ...{ name: 'currency_type', type: 'string', written: 'text' }, description: 'Its currency (ISO 4217).' },
  {
    ...{ name: 'fare_action', type: 'string', written: 'text', constraints: { ...REQUIRED, enum: ACTIONS } },
    description: 'Always `Purchase`: payments, not uses, are recorded.',
  },
  ...[unknown('trip_id_performed'), unknown('trip_id_scheduled'), unknown('pattern_id')],
  unknown('trip_stop_sequence', 'integer', { minimum: 1 }),
  unknown('scheduled_stop_sequence', 'integer', { minimum: 0 }),
  ...[unknown('vehicle_id'), unknown('device_id'), unknown('fare_id'), unknown('stop_id')],
  unknown('num_riders', 'integer', { minimum: 0 }),
  {
    ...{ name: 'fare_media_id', type: 'string', written: 'text', constraints: { enum: MEDIA } },
    description:
      '`Bank card` for cards; `Other type` for all else, since what was held to a reader is not known.',
  },
  ...[unknown('rider_category'), unknown('fare_product'), unknown('fare_period')],
  {
    ...{ name: 'fare_capped', type: 'boolean', written: 'text', constraints: REQUIRED },
    description: 'Always `false`. This is an assumption: the payments do not tell.',
  },
  {
    ...{ name: 'token_id', type: 'string', written: 'text' },
    description:
      "The study's pseudonym of the rider, where the package was asked to name riders; else empty.",
  },
  unknown('balance', 'number'),
  {
    ...{ name: 'x_payment_type', type: 'string', written: 'text' },
    description:
      'How it was paid: the normalised payment type. Not of the standard, which has no field for it.',
  },
];

export interface TidesOptions {
  /** Seconds after midnight. */
  readonly dayStartsS: number;
  readonly withRiders: boolean;
}

const PIECE_ROWS = 10_000;

export class TidesWriter {
  readonly #csv: CsvFile<WrittenFile>;
  readonly #ids: number[] = [];
  readonly #dates: number[] = [];
  readonly #seconds: number[] = [];
  readonly #prices: number[] = [];
  readonly #types: string[] = [];
  readonly #riders: string[] = [];
  rows = 0;

  constructor(
    readonly folder: string,
    readonly currency: Currency,
    readonly options: TidesOptions,
  ) {
    const columns = FIELDS.map(({ name, written = 'text', description }) => ({
      ...{ name, description },
      type: written,
    }));
    this.#csv = new CsvFile(new HashedFile(folder, TIDES_CSV), { columns }, currency);
  }

  /** @param local the second on the wall clock of the reporting zone */
  add(id: number, second: number, local: number, price: number, type: string, rider: string): void {
    this.#ids.push(id);
    this.#seconds.push(second);
    this.#dates.push(Math.floor((local - this.options.dayStartsS) / 86_400));
    this.#prices.push(price);
    this.#types.push(type);
    this.#riders.push(rider);
    this.rows++;
    if (this.#ids.length === PIECE_ROWS) this.#flush();
  }

  #flush(): void {
    const size = this.#ids.length;
    const same = (text: string): Cells => new Array<string>(size).fill(text);
    const cells: Readonly<Record<string, Cells>> = {
      transaction_id: this.#ids,
      service_date: this.#dates,
      event_timestamp: this.#seconds,
      amount: this.#prices,
      currency_type: same(this.currency.code),
      fare_action: same('Purchase'),
      fare_media_id: this.#types.map((type) => (BANK_CARDS.has(type) ? 'Bank card' : 'Other type')),
      fare_capped: same('false'),
      x_payment_type: this.#types,
      ...(this.options.withRiders && { token_id: this.#riders }),
    };
    this.#csv.write(FIELDS.map(({ name }) => cells[name] ?? []));
    for (const column of [this.#ids, this.#dates, this.#seconds, this.#prices]) column.length = 0;
    for (const column of [this.#types, this.#riders]) column.length = 0;
  }

  end(): WrittenFile {
    this.#flush();
    return this.#csv.end();
  }

  abandon(): void {
    this.#csv.abandon();
  }
}

/** Texts of the package beside its rows, by their paths. */
export function tidesTexts(title: string, name: string): ReadonlyMap<string, string> {
  const schema = {
    primaryKey: 'transaction_id',
    missingValues: ['NA', 'NaN', ''],
    fields: FIELDS.map(({ name, type, description, constraints }) => ({
      ...{ name, type, description },
      ...(constraints && { constraints }),
    })),
  };
  const resource = {
    name: 'fare_transactions',
    path: 'fare_transactions.csv',
    profile: 'tabular-data-resource',
    'tides-table': 'fare_transactions',
    schema: SCHEMA,
    ...{ format: 'csv', mediatype: 'text/csv', encoding: 'utf-8' },
    description:
      'Payments as purchases. Their fields are those of TIDES 1.0, and one of our own, `x_payment_type`.',
  };
  const descriptor = {
    profile: PROFILE,
    name: `${name}-tides`,
    title: `${title}, after TIDES 1.0`,
    resources: [resource],
  };
  const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
  return new Map([
    [DESCRIPTOR, json(descriptor)],
    [`${TIDES_FOLDER}/${SCHEMA}`, json(schema)],
  ]);
}
