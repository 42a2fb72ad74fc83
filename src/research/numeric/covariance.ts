/**
 * Covariances of coefficients, by what is believed of the errors: alike and independent (classical), of different size
 * (HC1), hanging together within groups (CR1), or from one period to the next (Newey–West).
 */
import {
  type Basis,
  type Estimates,
  estimateOf,
  LEVEL,
  type Refusal,
  refuse,
  type TestResult,
} from './answer.js';
import { fTails } from './distributions.js';
import { type Groups, groupsOf, type Labels } from './groups.js';
import { decompose, rotate, solveUpper } from './householder.js';
import type { Fit } from './least-squares.js';
import { addScaled, at, cell, dot, product, squareOf } from './vectors.js';

export interface Covariance {
  readonly method: string;
  /** By rows, in the order of the fit's columns. */
  readonly matrix: readonly Float64Array[];
  /** Of the t distribution that goes with it. */
  readonly df: number;
  readonly clusters: number | null;
  readonly warnings: readonly string[];
}

/** Below so many clusters CR1 is too sure of itself (Cameron and Miller 2015). */
export const FEW_CLUSTERS = 30;

/** What a covariance needs to know of a fit; the residuals of a weighted one are weighted already. */
export type Scored = Pick<Fit, 'columns' | 'residuals' | 'inverse' | 'n' | 'parameters' | 'residualDf'>;

export function classical(fit: Fit): Covariance {
  const variance = fit.residualSquares / fit.residualDf;
  return {
    method: 'classical errors',
    matrix: fit.inverse.map((row) => row.map((value) => value * variance)),
    df: fit.residualDf,
    clusters: null,
    warnings: [],
  };
}

/** Robust to errors of different size, times n / (n − k). */
export function hc1(fit: Scored): Covariance {
  const meat = crossOf(scoresOf(fit));
  return {
    method: 'heteroskedasticity-robust errors (HC1)',
    matrix: sandwich(fit.inverse, meat, fit.n / fit.residualDf),
    df: fit.residualDf,
    clusters: null,
    warnings: [],
  };
}

/**
 * Clustered errors times G / (G − 1) × (n − 1) / (n − k), with G − 1 degrees of freedom. Where `parameters` is not given,
 * k counts all that were estimated, fixed effects among them, as a regression with a dummy for each would.
 */
export function clustered(fit: Scored, clusters: Labels, parameters = fit.parameters): Covariance | Refusal {
  const groups = groupsOf(clusters);
  if (groups.count < 2) {
    return refuse('too_few', 'Errors cannot be clustered with a single cluster; at least two are needed.');
  }
  const factor = (groups.count / (groups.count - 1)) * ((fit.n - 1) / (fit.n - parameters));
  return {
    method: 'clustered errors (CR1)',
    matrix: sandwich(fit.inverse, crossOf(scoresOf(fit).map((scores) => sumScores(groups, scores))), factor),
    df: groups.count - 1,
    clusters: groups.count,
    warnings: fewClusters(groups.count),
  };
}

export function fewClusters(count: number): string[] {
  if (count >= FEW_CLUSTERS) return [];
  return [
    `Only ${count} clusters: clustered errors are too small below ${FEW_CLUSTERS}. Use the wild cluster bootstrap.`,
  ];
}

/** The lag of Newey and West's rule of thumb. */
export const automaticLag = (n: number): number => Math.floor(4 * (n / 100) ** (2 / 9));

/** Newey and West with Bartlett's weights, without correction for small samples, as gretl has it. */
export function neweyWest(fit: Scored, lag = automaticLag(fit.n)): Covariance {
  const scores = scoresOf(fit);
  const meat = crossOf(scores);
  for (let shift = 1; shift <= lag; shift++) {
    const weight = 1 - shift / (lag + 1);
    const shifted = crossOf(scores, shift);
    for (const [i, row] of meat.entries()) {
      addScaled(row, weight, shifted[i] ?? []);
      for (const [j, other] of shifted.entries()) row[j] = at(row, j) + weight * at(other, i);
    }
  }
  return {
    method: `Newey–West errors (Bartlett, lag ${lag})`,
    matrix: sandwich(fit.inverse, meat, 1),
    df: fit.residualDf,
    clusters: null,
    warnings: [],
  };
}

/** Regressor × residual, by column. */
function scoresOf({ columns, residuals }: Scored): Float64Array[] {
  return columns.map((column) => column.map((value, i) => value * at(residuals, i)));
}

function sumScores({ codes, count }: Groups, scores: Float64Array): Float64Array {
  const sums = new Float64Array(count);
  for (const [i, code] of codes.entries()) sums[code] = at(sums, code) + at(scores, i);
  return sums;
}

/** Sums over t of a(t) × b(t − shift), for all pairs of columns. */
function crossOf(columns: readonly Float64Array[], shift = 0): Float64Array[] {
  const result = squareOf(columns.length);
  for (const [i, row] of result.entries()) {
    const later = (columns[i] ?? row).subarray(shift);
    for (const [j, column] of columns.entries()) row[j] = dot(later, column);
  }
  return result;
}

function sandwich(
  bread: readonly Float64Array[],
  meat: readonly Float64Array[],
  factor: number,
): Float64Array[] {
  return product(product(bread, meat), bread).map((row) => row.map((value) => value * factor));
}

/** The coefficients with their errors, tests and intervals. */
export function estimatesOf(
  fit: Pick<Fit, 'names' | 'coefficients' | 'n'>,
  covariance: Covariance,
  method: string,
  level = LEVEL,
): Estimates {
  return {
    ...basisOf(fit, covariance, method),
    estimates: fit.names.map((name, j) => {
      const error = Math.sqrt(cell(covariance.matrix, j, j));
      return estimateOf(name, at(fit.coefficients, j), error, covariance.df, level);
    }),
  };
}

export function basisOf(fit: { readonly n: number }, covariance: Covariance, method: string): Basis {
  return {
    method: `${method}; ${covariance.method}`,
    n: fit.n,
    clusters: covariance.clusters,
    warnings: covariance.warnings,
  };
}

/** Wald's F test that all of the named coefficients are zero. */
export function jointTest(
  fit: Pick<Fit, 'names' | 'coefficients' | 'n'>,
  covariance: Covariance,
  names: readonly string[],
): TestResult | Refusal {
  const places = names.map((name) => fit.names.indexOf(name));
  const chosen = places.map((i) => Float64Array.from(places, (j) => cell(covariance.matrix, i, j)));
  const values = Float64Array.from(places, (j) => at(fit.coefficients, j));
  const qr = decompose(chosen, 1e-12);
  if ('dependent' in qr) {
    return refuse(
      'too_few',
      `The data do not carry a joint test of ${names.join(', ')}: their covariance has no inverse, as with fewer clusters than terms.`,
    );
  }
  const df = names.length;
  const statistic = dot(values, solveUpper(qr, rotate(qr, values))) / df;
  return {
    ...basisOf(fit, covariance, 'joint test (Wald F)'),
    statistic,
    df,
    residualDf: covariance.df,
    pValue: fTails(statistic, df, covariance.df).upper,
  };
}
