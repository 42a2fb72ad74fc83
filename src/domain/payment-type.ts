/**
 * Which payment type a provider's word means. The table is data: the source document's seven words first, then the
 * words documented for Bytemark (its mobile SDK, and the portal's in-app currencies). Anything else is `other`; the
 * provider's own word is kept with the capture, so a changed table can be applied again.
 */

/** Every provider word (lower case) and its payment type. */
export type PaymentTypeTable = ReadonlyMap<string, string>;

export const OTHER = 'other';

const SOURCE_WORDS: Readonly<Record<string, string>> = {
  credit_card: 'credit_card',
  debit_card: 'debit_card',
  apple_pay: 'mobile_payment',
  google_pay: 'mobile_payment',
  transit_card: 'transit_card',
  bank_transfer: 'bank_transfer',
  digital_wallet: 'digital_wallet',
};

const PROVIDER_WORDS: Readonly<Record<string, string>> = {
  applepay: 'mobile_payment',
  googlepay: 'mobile_payment',
  card: 'card',
  paypal: 'digital_wallet',
  walletpay: 'digital_wallet',
  stored_value: 'stored_value',
  stored_card: 'stored_value',
  ideal: 'bank_transfer',
  dotpay: 'bank_transfer',
  paynearme: 'retail_cash',
  incomm: 'retail_cash',
  commuter_benefit: 'commuter_benefit',
  coins: 'coins',
  tokens: 'tokens',
};

/** The default table with a deployment's own words added or overriding (any case). */
export function paymentTypeTable(extra: Readonly<Record<string, string>> = {}): PaymentTypeTable {
  const words = Object.entries({ ...PROVIDER_WORDS, ...SOURCE_WORDS, ...extra });
  // A type is a word for itself, so that the table's own rows come back as they are.
  const table = new Map(words.map(([, type]) => [type.toLowerCase(), type]));
  for (const [word, type] of words) table.set(word.toLowerCase(), type);
  return table;
}

const DEFAULT_TABLE = paymentTypeTable();

/** The payment type of a provider's word, by table and without regard to case; `other` where it has none. */
export function normalizePaymentType(
  rawPaymentMethod: string,
  table: PaymentTypeTable = DEFAULT_TABLE,
): string {
  return table.get(rawPaymentMethod.toLowerCase()) ?? OTHER;
}
