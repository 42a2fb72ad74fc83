/** Least squares by Householder's QR: no normal equations, which would lose half of the digits. */
import { type Refusal, refuse } from './answer.js';
import { decompose, inverseCross, rotate, rotateBack, solveUpper } from './householder.js';
import { addScaled, allFinite, columnOf, dot } from './vectors.js';

/** Regressors by column, each with the name that estimates and refusals use. The constant is a column like others. */
export interface Design {
  readonly names: readonly string[];
  readonly columns: readonly Float64Array[];
}

export interface Fit extends Design {
  readonly coefficients: Float64Array;
  readonly fitted: Float64Array;
  readonly residuals: Float64Array;
  /** (X′X)⁻¹ by rows. */
  readonly inverse: readonly Float64Array[];
  readonly n: number;
  /** Estimated parameters, those absorbed before among them. */
  readonly parameters: number;
  readonly residualDf: number;
  readonly residualSquares: number;
}

export interface FitOptions {
  /** Parameters that were estimated before, as fixed effects that were taken out. */
  readonly absorbed?: number;
  /** See `decompose`. */
  readonly tolerance?: number;
}

const TOLERANCE = 1e-10;

export const constant = (length: number): Float64Array => new Float64Array(length).fill(1);

/** A design of named columns. */
export function designOf(columns: Readonly<Record<string, ArrayLike<number>>>): Design {
  const entries = Object.entries(columns);
  return {
    names: entries.map(([name]) => name),
    columns: entries.map(([, values]) => Float64Array.from(values)),
  };
}

export function leastSquares(
  outcome: ArrayLike<number>,
  design: Design,
  options: FitOptions = {},
): Fit | Refusal {
  const { absorbed = 0, tolerance = TOLERANCE } = options;
  const refusal = refuseData(outcome, design, absorbed);
  if (refusal !== undefined) return refusal;
  const qr = decompose(design.columns, tolerance);
  if ('dependent' in qr) return refuseColumn(design, qr.dependent);
  const rotated = rotate(qr, outcome);
  const coefficients = solveUpper(qr, rotated);
  // Residuals are Q × (0, the rest of Q′y): the difference y − Xb would lose digits where columns are nearly dependent.
  const rest = rotated.slice().fill(0, 0, coefficients.length);
  const residuals = rotateBack(qr, rest);
  const parameters = coefficients.length + absorbed;
  return {
    ...design,
    coefficients,
    residuals,
    fitted: columnOf(outcome.length, (i) => (outcome[i] ?? Number.NaN) - (residuals[i] ?? Number.NaN)),
    inverse: inverseCross(qr),
    n: outcome.length,
    parameters,
    residualDf: outcome.length - parameters,
    residualSquares: dot(rest, rest),
  };
}

/** Linear prediction of the design with other coefficients. */
export function predict({ columns }: Design, coefficients: ArrayLike<number>): Float64Array {
  const result = new Float64Array(columns[0]?.length ?? 0);
  for (const [j, column] of columns.entries()) addScaled(result, coefficients[j] ?? Number.NaN, column);
  return result;
}

function refuseData(outcome: ArrayLike<number>, design: Design, absorbed: number): Refusal | undefined {
  const odd = design.names.find((_, j) => design.columns[j]?.length !== outcome.length);
  if (odd !== undefined) throw new RangeError(`column ${odd} is not as long as the outcome`);
  if (!allFinite(outcome))
    return refuse('not_finite', 'The outcome holds values that are no finite numbers.');
  const infinite = design.names.find((_, j) => !allFinite(design.columns[j] ?? []));
  if (infinite !== undefined) {
    return refuse('not_finite', `The column ${infinite} holds values that are no finite numbers.`);
  }
  const parameters = design.names.length + absorbed;
  if (outcome.length > parameters) return undefined;
  return refuse(
    'too_few',
    `${outcome.length} observations cannot carry ${parameters} parameters; more of them, or fewer regressors, would.`,
  );
}

function refuseColumn({ names, columns }: Design, index: number): Refusal {
  const name = names[index] ?? `number ${index}`;
  const column = columns[index] ?? [];
  if (dot(column, column) === 0) {
    return refuse('no_variation', `The column ${name} is zero throughout, so nothing can be told of it.`);
  }
  const before = names.slice(0, index).join(', ');
  return refuse('collinear', `The column ${name} is a combination of ${before}; leave one of them out.`);
}
