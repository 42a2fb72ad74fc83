/**
 * A provider to try Farelog with: Bytemark as far as it is known. It holds a world of payments (`world.ts`), lists them by
 * the API's envelope, and delivers their webhooks when it is told to, so that a test decides what comes before what.
 * Everything of it is in memory; a restart with the same seed and span is the same provider with nothing delivered.
 */
import type { Currency, MoneyUnit } from '../../domain/money.js';
import type { PlannedDelivery } from '../disturbance.js';
import type { ListName } from '../provider-settings.js';
import { type SendTotals, send } from '../sender.js';
import type { SignatureScheme } from '../signature.js';
import { Faults, type FaultsRequest } from './faults.js';
import { Listing, type PageRequest, totalOf } from './listing.js';
import { type Credentials, Tokens } from './tokens.js';
import { makeWorld, PLANTED_KINDS, type World, type WorldOptions } from './world.js';

export interface SandboxOptions {
  readonly world: WorldOptions;
  readonly credentials: Credentials;
  readonly tokenSeconds: number;
  /** Of requests of lists: end with 429, 500 or 503. */
  readonly apiErrors: number;
  /** What the API's amounts count. */
  readonly unit: MoneyUnit;
  readonly webhookUrl: string;
  readonly scheme: SignatureScheme;
  /** The share of the webhooks after which the second secret signs; 1: never. */
  readonly rotateAfter: number;
  readonly allowRemote: boolean;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

export const DELIVERY_PARTS = ['on_time', 'late'] as const;
export type DeliveryPart = (typeof DELIVERY_PARTS)[number];

export class Sandbox {
  readonly options: SandboxOptions;
  readonly faults: Faults;
  readonly tokens: Tokens;
  readonly #world: World;
  readonly #listing: Listing;
  readonly #delivered: Record<DeliveryPart, SendTotals[]> = { on_time: [], late: [] };
  readonly #stopping = new AbortController();
  #released = 0;

  /** @throws RangeError where an option is out of range */
  constructor(options: SandboxOptions) {
    this.options = options;
    this.#world = makeWorld(options.world);
    this.#listing = new Listing(this.#world.listed);
    this.faults = new Faults(options.world.seed, options.apiErrors);
    this.tokens = new Tokens(options.credentials, options.tokenSeconds);
  }

  get currency(): Currency {
    return this.options.world.currency;
  }

  plan(request: FaultsRequest): void {
    if (request.expire_tokens === true) this.tokens.expireAll();
    this.faults.plan(request, this.options.clock());
  }

  page(list: ListName, request: Omit<PageRequest, 'moved'>): Record<string, unknown> {
    const moved = this.faults.movedRows(request.page);
    return this.#listing.page(
      list,
      { ...request, moved },
      { currency: this.currency, unit: this.options.unit },
    );
  }

  /** Sends webhooks to their end, as fast as they are taken; a delivery that is refused is tried again. */
  async deliver(part: DeliveryPart, ratePerS?: number): Promise<SendTotals[]> {
    const { scheme, rotateAfter } = this.options;
    const deliveries = part === 'on_time' ? this.#world.onTime : this.#world.late;
    const rotated = { ...scheme, secrets: scheme.secrets.slice(1) };
    // Late ones come after all others.
    const share = part === 'late' && rotateAfter < 1 ? 0 : rotateAfter;
    const after = Math.ceil(deliveries.length * share);
    const totals = [await this.#send(deliveries.slice(0, after), scheme, ratePerS)];
    if (after < deliveries.length) totals.push(await this.#send(deliveries.slice(after), rotated, ratePerS));
    this.#delivered[part].push(...totals);
    return totals;
  }

  #send(deliveries: readonly PlannedDelivery[], scheme: SignatureScheme, ratePerS: number | undefined) {
    const { webhookUrl: url, allowRemote } = this.options;
    const { signal } = this.#stopping;
    const pace = ratePerS === undefined ? {} : { ratePerS };
    return send({ url, scheme, deliveries, allowRemote, signal, ...pace });
  }

  /** Ends deliveries that are under way. */
  stop(): void {
    this.#stopping.abort();
  }

  /** Lists what was held back; returns how many rows that is. */
  release(): number {
    const rows = this.#world.held.splice(0);
    this.#listing.add(rows);
    this.#released += rows.length;
    return rows.length;
  }

  /** Changes the API's row of a payment by hand; false where it is not listed. */
  edit(paymentId: number, change: { readonly amount?: string; readonly payment_method?: string }): boolean {
    const before = this.#listing.edit(paymentId, change);
    if (before === undefined) return false;
    const { amount, payment_method: method } = change;
    const planted = { kind: 'edited', payment_id: paymentId } as const;
    if (amount !== undefined)
      this.#world.planted.push({
        ...planted,
        field: 'total_price',
        delivered: before.amount,
        listed: amount,
      });
    if (method !== undefined)
      this.#world.planted.push({
        ...planted,
        field: 'payment_type',
        delivered: before.payment_method,
        listed: method,
      });
    return true;
  }

  /** What is true here, and every difference that was planted. */
  manifest(): Record<string, unknown> {
    const { payments, refunds, planted, onTime, late, held } = this.#world;
    const { world, unit, rotateAfter } = this.options;
    const listed = this.#listing.payments();
    return {
      seed: world.seed,
      from: new Date(world.span.from * 1000).toISOString(),
      to: new Date(world.span.to * 1000).toISOString(),
      currency: this.currency.code,
      unit,
      refunds: { count: refunds.length, total: totalOf(refunds, this.currency) },
      payments: { count: payments.length, total: totalOf(payments, this.currency) },
      listed: { rows: listed.length, total: totalOf(listed, this.currency), held: held.length },
      webhooks: { on_time: onTime.length, late: late.length, rotated_after: rotateAfter },
      counts: Object.fromEntries(
        PLANTED_KINDS.map((kind) => [kind, planted.filter((one) => one.kind === kind).length]),
      ),
      planted,
    };
  }

  state(): Record<string, unknown> {
    return { tokens_issued: this.tokens.issued, released: this.#released, delivered: this.#delivered };
  }
}
