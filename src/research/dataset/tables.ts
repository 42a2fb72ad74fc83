/**
 * The tables of a dataset. What is written here is all there is to say of a column: its Parquet type, how CSV writes it,
 * its field in `datapackage.json` and its line in the codebook are made of it.
 */

/**
 * - `integer`: 32 bits
 * - `timestamp`: whole seconds, UTC
 * - `date`: a local date of the reporting zone
 * - `money`: a decimal with the currency's digits
 * - `text`
 */
export type ColumnType = 'integer' | 'timestamp' | 'date' | 'money' | 'text';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** Whether a cell may be empty; by default none is. */
  readonly nullable?: boolean;
  readonly description: string;
  /** Told to engines, for each piece of a file, as its least and greatest value: of columns that rows are ordered by. */
  readonly ordered?: boolean;
}

export interface Table {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Whether it has a folder and files for each local month. */
  readonly monthly: boolean;
  readonly columns: readonly Column[];
  readonly primaryKey: readonly string[];
  readonly foreignKeys: readonly { readonly field: string; readonly table: string }[];
}

const RIDER_NO: Column = {
  name: 'rider_no',
  type: 'integer',
  description:
    'The rider, by the number that stands for the pseudonym in `riders`. It holds in this dataset alone.',
};
const PAYMENT_TYPE: Column = {
  name: 'payment_type',
  type: 'text',
  description: 'How it was paid: the normalised payment type.',
};
const LOCAL_DATE: Column = {
  name: 'local_date',
  type: 'date',
  ordered: true,
  description: 'The date in the reporting zone.',
};

const PAYMENTS: Table = {
  name: 'payments',
  title: 'Payments',
  description: 'A row for each payment, in the order of time.',
  monthly: true,
  columns: [
    {
      name: 'payment_no',
      type: 'integer',
      ordered: true,
      description: "The payment's place in the order of time, from 1. It holds in this dataset alone.",
    },
    { name: 'logged_on', type: 'timestamp', ordered: true, description: 'When it was paid, UTC.' },
    LOCAL_DATE,
    RIDER_NO,
    PAYMENT_TYPE,
    { name: 'price', type: 'money', description: 'The price as it was paid, before any adjustment.' },
    {
      name: 'capture_lag_s',
      type: 'integer',
      nullable: true,
      description:
        'Seconds from the payment to its capture; of webhooks and API calls only, since what came in files or ' +
        'by sync says nothing of it. Below zero where the clock of the payment was ahead.',
    },
  ],
  primaryKey: ['payment_no'],
  foreignKeys: [{ field: 'rider_no', table: 'riders' }],
};

const RIDERS: Table = {
  name: 'riders',
  title: 'Riders',
  description: 'A row for each rider, in the order of the pseudonyms, which is no other order.',
  monthly: false,
  columns: [
    { ...RIDER_NO, ordered: true, description: 'Number of the rider in this dataset, from 0.' },
    {
      name: 'rider',
      type: 'text',
      description:
        'The pseudonym of this study: the same in all its datasets, another in every other study, and nobody can tell ' +
        'which belong together.',
    },
    { name: 'payments', type: 'integer', description: 'Payments of the rider in the period.' },
    { name: 'spent', type: 'money', description: 'What they add up to, before adjustments.' },
    { name: 'first_date', type: 'date', nullable: true, description: 'Local date of the first payment.' },
    { name: 'last_date', type: 'date', nullable: true, description: 'Local date of the last payment.' },
  ],
  primaryKey: ['rider_no'],
  foreignKeys: [],
};

const ADJUSTMENTS: Table = {
  name: 'adjustments',
  title: 'Adjustments',
  description:
    'Refunds, voids and corrections that came about in the period, whenever their payment was made, in the order of time.',
  monthly: true,
  columns: [
    { name: 'adjusted_on', type: 'timestamp', ordered: true, description: 'When it came about, UTC.' },
    LOCAL_DATE,
    { ...RIDER_NO, description: 'The rider of the payment, by its number in `riders`.' },
    { ...PAYMENT_TYPE, description: 'The payment type of the payment.' },
    {
      name: 'kind',
      type: 'text',
      description:
        '`refund`: money was given back. `void`: the payment did not come about. `correction`: its price was wrong.',
    },
    {
      name: 'amount',
      type: 'money',
      description: 'What it changes of the revenue; below zero where money went back.',
    },
    {
      name: 'payment_no',
      type: 'integer',
      nullable: true,
      description: 'The payment; empty where it was made before or after the period.',
    },
  ],
  primaryKey: [],
  foreignKeys: [{ field: 'rider_no', table: 'riders' }],
};

const TOTALS: readonly Column[] = [
  PAYMENT_TYPE,
  { name: 'payments', type: 'integer', description: 'Payments.' },
  {
    name: 'riders',
    type: 'integer',
    description: 'Different riders who paid; they do not add up over rows.',
  },
  { name: 'revenue', type: 'money', description: 'Prices added up, before adjustments.' },
  { name: 'adjusted', type: 'money', description: 'Adjustments that came about then, added up.' },
  { name: 'net_revenue', type: 'money', description: 'Revenue and adjustments together.' },
];

const DAILY: Table = {
  name: 'daily',
  title: 'Days',
  description:
    'A row for each local date and payment type that had payments or adjustments. What has no row had none. ' +
    'It adds up the rows of this dataset, so riders who are left out are not in it.',
  monthly: false,
  columns: [LOCAL_DATE, ...TOTALS],
  primaryKey: ['local_date', 'payment_type'],
  foreignKeys: [],
};

const MONTHLY: Table = {
  ...DAILY,
  name: 'monthly',
  title: 'Months',
  description: 'The same for local months. A month that the period cuts counts as far as it lies in it.',
  columns: [
    {
      name: 'month',
      type: 'text',
      ordered: true,
      description: 'The month in the reporting zone, `YYYY-MM`.',
    },
    ...TOTALS,
  ],
  primaryKey: ['month', 'payment_type'],
};

const CALENDAR: Table = {
  name: 'calendar',
  title: 'Fare and policy calendar',
  description: 'What was changed for riders, and when, as far as it touches the period.',
  monthly: false,
  columns: [
    { name: 'entry_id', type: 'integer', description: 'Number of the entry.' },
    {
      name: 'kind',
      type: 'text',
      description:
        '`fare`: a price changed. `promotion`: cheaper for a while. `free`: no fare at all. `policy`: every other rule. ' +
        '`event`: what no one decided.',
    },
    { name: 'name', type: 'text', description: 'What it is called.' },
    { name: 'starts_on', type: 'date', description: 'The first local date.' },
    {
      name: 'ends_before',
      type: 'date',
      nullable: true,
      description: 'The local date after the last one; empty: until another entry says otherwise.',
    },
    {
      ...PAYMENT_TYPE,
      nullable: true,
      description: 'The payment type that it is about; empty: all of them.',
    },
    {
      name: 'price_before',
      type: 'money',
      nullable: true,
      description: 'The price before, where it is about one.',
    },
    {
      name: 'price_after',
      type: 'money',
      nullable: true,
      description: 'The price after, where it is about one.',
    },
    { name: 'note', type: 'text', nullable: true, description: 'What more there is to say.' },
  ],
  primaryKey: ['entry_id'],
  foreignKeys: [],
};

const PASSES: Table = {
  name: 'passes',
  title: 'Uses of passes',
  description:
    'When riders of the dataset used passes in the period, for what follows a payment. As ordered by the platform.',
  monthly: false,
  columns: [
    { name: 'used_on', type: 'timestamp', description: 'When the pass was used, UTC.' },
    { ...LOCAL_DATE, ordered: false },
    RIDER_NO,
  ],
  primaryKey: [],
  foreignKeys: [{ field: 'rider_no', table: 'riders' }],
};

export const TABLES = {
  payments: PAYMENTS,
  riders: RIDERS,
  adjustments: ADJUSTMENTS,
  daily: DAILY,
  monthly: MONTHLY,
  calendar: CALENDAR,
  passes: PASSES,
} as const;
export type TableName = keyof typeof TABLES;

export const isTable = (name: string): name is TableName => Object.hasOwn(TABLES, name);
/** In the order of the codebook. */
export const TABLE_NAMES: readonly TableName[] = Object.keys(TABLES).filter(isTable);
