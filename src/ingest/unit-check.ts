/** Whether a feed counts in cents what it declares as dollars, or the other way round, by the prices known so far. */
import { type Currency, formatMinor } from '../domain/money.js';
import type { Payment } from '../domain/payment.js';

const SAMPLE_PAYMENTS = 1_000;
/** Fewer prices of a type tell nothing. */
const LEAST_PRICES = 5;
/** "About 100×": real fares of one type do not change tenfold, and cents for dollars is 100. */
const SUSPICIOUS_RATIO = 30;

export class UnitCheck {
  readonly #history: ReadonlyMap<string, number>;
  readonly #currency: Currency;
  readonly #prices = new Map<string, number[]>();
  #missing = SAMPLE_PAYMENTS;

  /** @param history average price of each payment type in minor units, as far as it is known */
  constructor(history: ReadonlyMap<string, number>, currency: Currency) {
    this.#history = history;
    this.#currency = currency;
  }

  /** Takes a payment into the sample; true when that completes it. */
  add({ payment_type, price_minor }: Payment): boolean {
    if (this.#missing === 0) return false;
    const prices = this.#prices.get(payment_type);
    if (prices === undefined) this.#prices.set(payment_type, [price_minor]);
    else prices.push(price_minor);
    this.#missing--;
    return this.#missing === 0;
  }

  /** One warning for each payment type whose median price is far from its history; empties the sample. */
  warnings(): string[] {
    const currency = this.#currency;
    const warnings: string[] = [];
    for (const [type, prices] of this.#prices) {
      const average = this.#history.get(type);
      const median = prices.sort((a, b) => a - b)[prices.length >> 1];
      if (average === undefined || average <= 0 || median === undefined || prices.length < LEAST_PRICES)
        continue;
      const ratio = median / average;
      if (ratio < SUSPICIOUS_RATIO && ratio > 1 / SUSPICIOUS_RATIO) continue;
      const [here, before] = [formatMinor(median, currency), formatMinor(Math.round(average), currency)];
      warnings.push(
        `The median price of ${type} is ${here} ${currency.code} here and was ${before} on average before. Is the unit (major or minor) the right one?`,
      );
    }
    this.#prices.clear();
    this.#missing = 0;
    return warnings;
  }
}
