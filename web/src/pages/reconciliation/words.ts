/** What reconciliation calls by a code, in words for finance. */
import type { Category, Item, ItemKind, ItemStatus, RunState } from '../../api/reconciliations.ts';
import type { BadgeKind } from '../../components/Badge.tsx';

/** In the order in which a difference is looked at: what agrees, what waits, what is for a person. */
export const CATEGORIES = [
  'matched',
  'internal_currency',
  'pending',
  'missing_here',
  'missing_there',
  'differs',
  'duplicate_there',
  'unreadable_there',
] as const satisfies readonly Category[];

export const KINDS = [
  'missing_here',
  'missing_there',
  'differs',
  'duplicate_there',
  'unreadable_there',
] as const satisfies readonly ItemKind[];

export const isKind = (category: Category): category is ItemKind => KINDS.some((kind) => kind === category);

export const CATEGORY_NAMES: Readonly<Record<Category, string>> = {
  matched: 'Agrees',
  internal_currency: 'In-app currency',
  pending: 'Too recent to judge',
  missing_here: 'Missing here',
  missing_there: 'Missing at the provider',
  differs: 'Differs',
  duplicate_there: 'Listed more than once',
  unreadable_there: 'Cannot be read',
};

export const CATEGORY_MEANINGS: Readonly<Record<Category, string>> = {
  matched: 'Both sides say the same.',
  internal_currency:
    'Paid in coins or tokens, which cost nothing at the provider. Compared by order and count.',
  pending: 'On one side only, and too young to be called missing. The next run looks again.',
  missing_here: 'The provider lists it and it was not here. It is recorded where that is possible.',
  missing_there: 'It is recorded here, and the provider does not list it.',
  differs: 'Both sides have it, and a field is not the same.',
  duplicate_there: 'The provider lists it again. Here it counts once.',
  unreadable_there: 'The provider lists something that cannot be a payment, such as a negative amount.',
};

export const STATUSES = [
  'open',
  'accepted',
  'ignored',
  'corrected',
  'recorded',
  'agreed',
] as const satisfies ItemStatus[];

export const STATUS_NAMES: Readonly<Record<ItemStatus, string>> = {
  open: 'Open',
  accepted: 'Accepted',
  ignored: 'Ignored',
  corrected: 'Corrected',
  recorded: 'Recorded',
  agreed: 'Gone',
};

export const STATUS_MEANINGS: Readonly<Record<ItemStatus, string>> = {
  open: 'Waits for a person.',
  accepted: 'The difference is known, and stays.',
  ignored: 'Left alone until a day; then open again if it is still there.',
  corrected: 'An adjustment has brought the payment to what the provider says.',
  recorded: 'It was missing here, and has been recorded.',
  agreed: 'A later run no longer found it.',
};

export const STATUS_KINDS: Readonly<Record<ItemStatus, BadgeKind>> = {
  open: 'warn',
  accepted: 'plain',
  ignored: 'plain',
  corrected: 'good',
  recorded: 'good',
  agreed: 'good',
};

const PRICES: readonly string[] = ['total_price', 'net_price'];

/** Of others an adjustment of the payment would close nothing. */
export const isCorrectable = ({ kind, fields }: Pick<Item, 'kind' | 'fields'>): boolean =>
  kind === 'missing_there' || (kind === 'differs' && fields.some(({ field }) => PRICES.includes(field)));

/** Nothing is left to decide of the others. */
export const isDecidable = ({ status }: Pick<Item, 'status'>): boolean =>
  status === 'open' || status === 'accepted' || status === 'ignored';

export const RUN_STATES: Readonly<Record<Exclude<RunState, 'done'>, readonly [string, BadgeKind]>> = {
  'under way': ['Under way', 'plain'],
  'cut off': ['Cut off', 'bad'],
  failed: ['Failed', 'bad'],
};

const FIELDS: ReadonlyMap<string, string> = new Map([
  ['user_id', 'Rider'],
  ['order_id', 'Order'],
  ['payment_type', 'Method'],
  ['total_price', 'Price'],
  ['net_price', 'Net price'],
  ['logged_on', 'Paid'],
]);

export const fieldInWords = (field: string): string => FIELDS.get(field) ?? field;

/** "1 payment", "12 payments". */
export const many = (count: number, one: string, format: (value: number) => string): string =>
  `${format(count)} ${one}${count === 1 ? '' : 's'}`;
