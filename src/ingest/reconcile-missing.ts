/** What is missing here: recorded by the door where it can be, and why not where it cannot. */
import type { Delivery } from '../domain/outcome.js';
import type { Pairing } from '../domain/reconciliation.js';
import type { Listed } from '../domain/reconciliation-prices.js';
import type { Commit } from './door.js';

interface MissingEffects {
  readonly commit: Commit;
  readonly acceptZeroFares: boolean;
  readonly dryRun: boolean;
}

interface Settled {
  readonly pairing: Pairing;
  readonly why?: string | undefined;
  /** Whether the payment is here now, as the provider has it. */
  readonly isHere: boolean;
}

/** Entries of a transaction. */
const BATCH_ENTRIES = 1_000;

export class MissingHere {
  recorded = 0;
  readonly #effects: MissingEffects;
  readonly #deliveries = new WeakMap<Listed, Delivery>();

  constructor(effects: MissingEffects) {
    this.#effects = effects;
  }

  /** What would be recorded of a record. */
  remember(there: Listed, delivery: Delivery): void {
    this.#deliveries.set(there, delivery);
  }

  /** Records those that can be; they are durable when this returns. */
  async settle(missing: readonly Pairing[]): Promise<Settled[]> {
    const settled: Settled[] = [];
    for (let at = 0; at < missing.length; at += BATCH_ENTRIES) {
      const some = missing.slice(at, at + BATCH_ENTRIES).map((pairing) => {
        const delivery = pairing.there === null ? undefined : this.#deliveries.get(pairing.there);
        const why = this.#whyNot(pairing.there);
        return { pairing, why, delivery: why === undefined ? delivery : undefined };
      });
      const here = await this.#commit(some.flatMap(({ delivery }) => delivery ?? []));
      for (const { pairing, why, delivery } of some)
        settled.push({ pairing, why, isHere: delivery !== undefined && here.has(delivery) });
    }
    return settled;
  }

  #whyNot(there: Listed | null): string | undefined {
    if (there === null) return undefined;
    if (there.lacks.length > 0)
      return `The file does not tell its ${there.lacks.join(' and ')}, so it cannot be recorded from it`;
    if (there.payment.price_minor > 0 || this.#effects.acceptZeroFares) return undefined;
    return 'It is listed at nothing, so its price is not known and it cannot be recorded';
  }

  /** Those that are here now: recorded, or come by another way meanwhile. */
  async #commit(deliveries: readonly Delivery[]): Promise<ReadonlySet<Delivery>> {
    const here = new Set<Delivery>();
    if (this.#effects.dryRun || deliveries.length === 0) return here;
    const entries = deliveries.map((delivery) => ({ kind: 'payment' as const, delivery }));
    const settlements = await this.#effects.commit(entries, 0);
    deliveries.forEach((delivery, index) => {
      const settlement = settlements[index];
      if (settlement?.kind !== 'payment' || settlement.outcome === 'conflict') return;
      if (settlement.outcome === 'recorded') this.recorded++;
      here.add(delivery);
    });
    return here;
  }
}
