/** What machines call by a code, in words. Whatever is not known here is told as it came. */
import type { AuditAction } from '../../api/administration.ts';
import type { BadgeKind } from '../../components/Badge.tsx';

type Words = ReadonlyMap<string, string>;
const words = (table: Readonly<Record<string, string>>): Words => new Map(Object.entries(table));

const FIELDS = words({
  body: 'The delivery',
  payment_id: 'The payment’s id',
  user_id: 'The rider',
  order_id: 'The order',
  payment_type: 'The payment method',
  total_price: 'The price',
  logged_on: 'The time of payment',
  currency: 'The currency',
});

const CODES = words({
  required: 'is missing',
  not_an_integer: 'is not a whole number',
  out_of_range: 'is out of range',
  not_an_id: 'is not an id',
  too_large: 'is too large',
  too_deep: 'is nested too deeply',
  not_text: 'is not text',
  not_an_instant: 'is not a time',
  not_an_object: 'is not a payment',
  not_json: 'is not JSON, or gives a key two values',
  too_long: 'is too long',
  not_a_price: 'is not a price',
  too_many_digits: 'has more digits than the currency',
  bad_characters: 'has characters that cannot be kept',
  card_number: 'is a card number',
  card_number_removed: 'held a card number, which was not kept',
  negative: 'is below 0',
  zero: 'is 0',
  in_future: 'lies in the future',
  no_offset: 'has no time zone',
  no_such_local_time: 'does not exist, as clocks skip it',
  ambiguous_local_time: 'happens twice, as clocks go back',
  other_currency: 'is another one',
  differs: 'differs from the payment that was recorded',
  refused_by_database: 'was refused by the database',
});

const SOURCES = words({
  webhook: 'Webhook',
  api: 'API',
  import: 'Import',
  sync: 'Synchronisation',
  pull: 'Pull',
  replay: 'Replay',
});

const OUTCOMES = words({
  recorded: 'Recorded',
  duplicate: 'Came again',
  conflict: 'Contradicts',
  invalid: 'Not valid',
});

/** Every action that the server writes down, in the order in which they are offered. */
const ACTION_NAMES: Readonly<Record<AuditAction, string>> = {
  'riders.read': 'Read data of riders',
  'riders.erase': 'Erased riders',
  'riders.withdraw': 'Withdrew riders from research',
  'riders.restore': 'Took a withdrawal back',
  'quarantine.read': 'Looked at a delivery in quarantine',
  'quarantine.replay': 'Replayed a delivery',
  'quarantine.discard': 'Discarded a delivery',
  'reconciliation.start': 'Started a reconciliation',
  'reconciliation.accept': 'Accepted a difference',
  'reconciliation.ignore': 'Left a difference alone',
  'reconciliation.correct': 'Corrected a difference',
  'adjustments.create': 'Recorded an adjustment',
  'calendar.add': 'Added to the calendar',
  'calendar.change': 'Changed an entry of the calendar',
  'calendar.end': 'Ended an entry of the calendar',
  'calendar.remove': 'Took an entry out of the calendar',
  'dataset.build': 'Built a dataset',
  'release.build': 'Released data',
  'keys.create': 'Made a key',
  'keys.revoke': 'Revoked a key',
  'session.create': 'Signed in',
  'session.end': 'Signed out',
};
const isAction = (text: string): text is AuditAction => text in ACTION_NAMES;
export const ACTIONS = Object.keys(ACTION_NAMES).filter(isAction);
const ACTION_WORDS = words(ACTION_NAMES);

const told = (table: Words, code: string): string => table.get(code) ?? code;

export const sourceInWords = (source: string): string => told(SOURCES, source);
export const outcomeInWords = (outcome: string): string => told(OUTCOMES, outcome);
export const actionInWords = (action: string): string => told(ACTION_WORDS, action);

/** `total_price.negative` → "The price is below 0". */
export function reasonInWords(reason: string): string {
  const dot = reason.indexOf('.');
  if (dot < 0) return reason.replaceAll('_', ' ');
  const [field, code] = [reason.slice(0, dot), reason.slice(dot + 1)];
  return `${told(FIELDS, field)} ${CODES.get(code) ?? `is refused: ${code.replaceAll('_', ' ')}`}`;
}

/** How an entry of the quarantine stands, in the order of what is looked for. */
export const STATUS_NAMES = {
  open: 'Open',
  replayed: 'Replayed',
  discarded: 'Discarded',
  expired: 'Expired',
} as const;

export const STATUS_KINDS = {
  open: 'warn',
  replayed: 'good',
  discarded: 'plain',
  expired: 'plain',
} as const satisfies Record<keyof typeof STATUS_NAMES, BadgeKind>;
