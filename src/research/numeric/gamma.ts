/**
 * Incomplete gamma and beta functions, both tails each, to about 13 digits. The factor before the series and continued
 * fractions is taken from Loader's saddle-point form ("Fast and Accurate Computation of Binomial Probabilities", 2000),
 * since differences of log-gammas lose a digit for each power of ten of the parameters.
 */

const TINY = 1e-300;
const PRECISION = 1e-16;
const MAX_STEPS = 5_000_000;

export interface Tails {
  readonly lower: number;
  readonly upper: number;
}

/** ln Γ(x + 1) less Stirling's x ln x − x + ½ ln 2πx. */
function stirlingError(x: number): number {
  let sum = 0;
  let y = x;
  for (; y < 16; y++) sum += (y + 0.5) * Math.log1p(1 / y) - 1;
  const z = 1 / (y * y);
  return sum + (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - z / 1188) * z) * z) * z) / y;
}

/** x ln(x / mean) + mean − x, without cancellation where the two are close. `excess` is x − mean. */
function deviance(x: number, mean: number, excess: number): number {
  if (Math.abs(excess) >= 0.1 * (x + mean)) return x * Math.log(x / mean) - excess;
  const v = excess / (x + mean);
  let sum = excess * v;
  let power = 2 * x * v;
  for (let j = 1; j < 1_000; j++) {
    power *= v * v;
    const next = sum + power / (2 * j + 1);
    if (next === sum) break;
    sum = next;
  }
  return sum;
}

/** x^a e^−x / Γ(a + 1). */
export function poissonTerm(a: number, x: number): number {
  return Math.exp(-stirlingError(a) - deviance(a, x, a - x)) / Math.sqrt(2 * Math.PI * a);
}

/** x^a y^b Γ(a + b + 1) / Γ(a + 1) Γ(b + 1), with y = 1 − x. */
export function binomialTerm(a: number, b: number, x: number, y: number): number {
  const n = a + b;
  // a − n x, which would lose its digits where n is large and x near 1.
  const excess = a * y - b * x;
  const log = stirlingError(n) - stirlingError(a) - stirlingError(b);
  const deviances = deviance(a, n * x, excess) + deviance(b, n * y, -excess);
  return Math.exp(log - deviances) * Math.sqrt(n / (2 * Math.PI * a * b));
}

/** A continued fraction b₀ + a₁/(b₁ + a₂/(b₂ + …)), by Lentz's method. */
function fraction(first: number, term: (step: number) => readonly [a: number, b: number]): number {
  let value = first === 0 ? TINY : first;
  let c = value;
  let d = 0;
  for (let step = 1; step < MAX_STEPS; step++) {
    const [a, b] = term(step);
    d = b + a * d;
    if (d === 0) d = TINY;
    c = b + a / c;
    if (c === 0) c = TINY;
    d = 1 / d;
    const change = c * d;
    value *= change;
    if (Math.abs(change - 1) < PRECISION) return value;
  }
  throw new RangeError('a continued fraction did not settle');
}

/** Regularised incomplete gamma function, P(a, x) and Q(a, x). */
export function incompleteGamma(a: number, x: number): Tails {
  if (Number.isNaN(a) || Number.isNaN(x)) return { lower: Number.NaN, upper: Number.NaN };
  if (x <= 0) return { lower: 0, upper: 1 };
  if (x === Number.POSITIVE_INFINITY) return { lower: 1, upper: 0 };
  const factor = poissonTerm(a, x);
  if (x < a + 1) {
    let sum = 1;
    let term = 1;
    for (let n = 1; n < MAX_STEPS && term > PRECISION * sum; n++) {
      term *= x / (a + n);
      sum += term;
    }
    const lower = factor * sum;
    return { lower, upper: 1 - lower };
  }
  const denominator = fraction(x + 1 - a, (n) => [n * (a - n), x + 2 * n + 1 - a]);
  const upper = (factor * a) / denominator;
  return { lower: 1 - upper, upper };
}

/** Regularised incomplete beta function I of x, with y = 1 − x told apart so that neither end loses digits. */
export function incompleteBeta(a: number, b: number, x: number, y: number): Tails {
  if ([a, b, x, y].some(Number.isNaN)) return { lower: Number.NaN, upper: Number.NaN };
  if (x <= 0) return { lower: 0, upper: 1 };
  if (y <= 0) return { lower: 1, upper: 0 };
  const excess = a * y - b * x;
  if (excess < 0) {
    const { lower, upper } = incompleteBeta(b, a, y, x);
    return { lower: upper, upper: lower };
  }
  // The even part of the usual fraction (DiDonato and Morris 1992): where a is large, the usual one is 1 − (1 − ε).
  const denominatorAt = (n: number): number =>
    n + (n * (b - n) * x) / (a + 2 * n - 1) + ((a + n) * (excess + 1 + n * (1 + y))) / (a + 2 * n + 1);
  const first = (a * (excess + 1)) / (a + 1);
  const denominator = fraction(first, (n) => {
    const numerator = ((a + n - 1) * (a + b + n - 1) * n * (b - n) * x * x) / (a + 2 * n - 1) ** 2;
    return [numerator, denominatorAt(n)];
  });
  const lower = (binomialTerm(a, b, x, y) * ((a * b) / (a + b))) / denominator;
  return { lower, upper: 1 - lower };
}
