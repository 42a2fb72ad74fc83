/** A study's estimates beside the literature's, as one more chart of its result. */
import type { Finding, StudyChart, StudyResult } from '../research/study.js';

/** The charts of a result, that of its estimates first where something is known of others. */
export function chartsWithEstimates({
  findings,
  charts,
}: Pick<StudyResult, 'findings' | 'charts'>): readonly StudyChart[] {
  const estimates = estimatesChart(findings);
  return estimates === undefined ? charts : [estimates, ...charts];
}

/** Estimates beside what others have found; undefined where nothing is known of others. */
function estimatesChart(findings: readonly Finding[]): StudyChart | undefined {
  const known = findings.filter(
    ({ literature, estimate }) => literature.length > 0 && Number.isFinite(estimate),
  );
  // Of segments there may be dozens; where all riders have an estimate, it is told, and tables tell of the others.
  const ofAll = known.filter(({ segment }) => segment === null);
  const own = ofAll.length > 0 ? ofAll : known;
  if (own.length === 0) return undefined;
  const names = own.map(({ name, segment }) => (segment === null ? name : `${name}: ${segment}`));
  const others = own
    .flatMap(({ literature }) => literature)
    .filter(({ name }, place, all) => all.findIndex((other) => other.name === name) === place);
  return {
    name: 'estimates',
    caption: 'Estimates with their intervals, beside what other studies have found',
    xAxis: { title: '', kind: 'category' },
    yAxis: { title: 'Estimate', format: 'number' },
    series: [
      {
        name: 'This study',
        kind: 'points',
        x: names,
        y: own.map(({ estimate }) => estimate),
        lower: own.map(({ lower }) => lower),
        upper: own.map(({ upper }) => upper),
      },
      {
        name: 'Literature',
        kind: 'points',
        x: others.map(({ name }) => name),
        y: others.map(({ lower, upper }) => (lower === upper ? lower : null)),
        lower: others.map(({ lower }) => lower),
        upper: others.map(({ upper }) => upper),
      },
    ],
    marks: [],
  };
}
