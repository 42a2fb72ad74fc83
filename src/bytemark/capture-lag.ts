/** How late invented notifications come: mostly within seconds, now and then after a retry, seldom a day or two later. */
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Of 1,000 notifications, so many come by a retry of the provider, and so many after an outage. */
const RETRIED = 15;
const AFTER_OUTAGE = 1;
const MEDIAN_MS = 1_800;
const SPREAD = 0.6;

/** Milliseconds from each payment to its notification, one after the other; the same for the same seed. */
export function captureLags(seed: number): () => number {
  const random = xoroshiro128plus(seed);
  const uniform = (): number => uniformFloat64(random);
  /** Box–Muller; one normal number of two is enough here. */
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return () => {
    const usual = MEDIAN_MS * Math.exp(SPREAD * normal());
    const kind = uniform() * 1_000;
    if (kind < AFTER_OUTAGE) return Math.round(usual + 3_600_000 * (2 + 46 * uniform()));
    if (kind < AFTER_OUTAGE + RETRIED) return Math.round(usual + 30_000 * (1 + 4 * uniform()));
    return Math.round(usual);
  };
}
