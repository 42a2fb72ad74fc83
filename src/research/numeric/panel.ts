/**
 * Panels: the same units, as riders, over periods. Fixed effects of units, and of periods where they are given, are taken
 * out, so that only changes within a unit count; errors are clustered by unit.
 */
import { absorb, parametersAcross, parametersOf, withoutSingletons } from './absorb.js';
import { type Estimates, isRefusal, LEVEL, type Refusal, refuse } from './answer.js';
import { type Covariance, classical, clustered, estimatesOf } from './covariance.js';
import { type Groups, groupsOf, type Labels, pickLabels } from './groups.js';
import { type Design, type Fit, leastSquares } from './least-squares.js';
import { dot, pickValues } from './vectors.js';

export interface Panel {
  readonly outcome: ArrayLike<number>;
  /** Without a constant: the units' effects stand for it. */
  readonly regressors: Design;
  readonly unit: Labels;
  /** Given, periods have effects too. */
  readonly period?: Labels;
  /** By default the units. */
  readonly clusters?: Labels;
  /**
   * What k counts in n − k of clustered errors. Effects that lie within clusters are not shared by them; counting them
   * too, as a regression with a dummy for each rider would, makes errors √2 too large where there are two periods.
   */
  readonly counted?: 'across clusters' | 'all';
}

export interface PanelEstimates extends Estimates {
  /** The same with classical errors, for comparison alone. */
  readonly classical: Estimates;
  readonly fit: Fit;
  readonly covariance: Covariance;
}

/** Less than this share of a column left by the effects is rounding, not variation. */
const VARIATION = 1e-8;

export function withinEstimates(panel: Panel, level = LEVEL): PanelEstimates | Refusal {
  const effects = panel.period === undefined ? [panel.unit] : [panel.unit, panel.period];
  const kept = withoutSingletons(effects);
  const groups = effects.map((labels) => groupsOf(pickLabels(labels, kept)));
  const outcome = absorb(pickValues(panel.outcome, kept), groups);
  if (isRefusal(outcome)) return outcome;
  const regressors = absorbDesign(rowsOf(panel.regressors, kept), groups);
  if (isRefusal(regressors)) return regressors;
  const fit = leastSquares(outcome, regressors, { absorbed: parametersOf(groups), tolerance: VARIATION });
  if (isRefusal(fit)) return fit;
  const clusters = pickLabels(panel.clusters ?? panel.unit, kept);
  const across = regressors.names.length + parametersAcross(groups, groupsOf(clusters));
  const covariance = clustered(fit, clusters, panel.counted === 'all' ? fit.parameters : across);
  if (isRefusal(covariance)) return covariance;
  const method = `least squares with effects of units${panel.period === undefined ? '' : ' and periods'}`;
  const estimates = estimatesOf(fit, covariance, method, level);
  const alone = panel.outcome.length - kept.length;
  const warnings = alone === 0 ? [] : [`${alone} observations stand alone in their group and tell nothing.`];
  return {
    ...estimates,
    warnings: [...estimates.warnings, ...warnings],
    classical: estimatesOf(fit, classical(fit), method, level),
    fit,
    covariance,
  };
}

export const rowsOf = ({ names, columns }: Design, kept: readonly number[]): Design => ({
  names,
  columns: columns.map((column) => pickValues(column, kept)),
});

/** The design with the effects taken out; refused where a column does not vary beside them. */
export function absorbDesign(
  design: Design,
  groups: readonly Groups[],
  weights?: Float64Array,
): Design | Refusal {
  const columns: Float64Array[] = [];
  for (const [j, column] of design.columns.entries()) {
    const rest = absorb(column, groups, weights);
    if (isRefusal(rest)) return rest;
    if (dot(rest, rest) <= VARIATION ** 2 * dot(column, column)) {
      return refuse(
        'no_variation',
        `${design.names[j]} does not vary within the groups whose effects are taken out, so its effect cannot be told from theirs.`,
      );
    }
    columns.push(rest);
  }
  return { names: design.names, columns };
}
