/** Results of the studies of an event, written as everything that a result is written as. */
import { expect, test } from 'vitest';
import { studyFiles } from '../../src/documents/study-files.js';
import { replicationFiles } from '../../src/research/replication.js';
import { runStudy, studyNamed } from '../../src/research/studies.js';
import { chanceOf } from '../support/simulated.js';
import { simulateRiders } from '../support/simulated-riders.js';

const data = simulateRiders(chanceOf(11), {
  riders: 80,
  weeks: 30,
  event: 16,
  elasticity: () => -0.5,
  type: (rider) => (rider % 2 === 0 ? 'credit_card' : 'bank_transfer'),
});
const file = `rider,segment\n${data.riders.map((rider, i) => `${rider},d${i % 8}`).join('\n')}\n`;
const uses = `rider,date\n${data.riders.map((rider) => `${rider},2026-05-05`).join('\n')}\n`;

test.each([
  ['elasticity', { segments: 'method' }],
  ['impact', {}],
  ['did', { segments: 'file', segments_csv: file, treated: 'd0,d2,d4', outcome: 'revenue' }],
  ['equity', { segments: 'method' }],
  ['crossmodal', { uses_csv: uses }],
])('%s', (name, given) => {
  const result = runStudy(studyNamed(name), data, given);
  if (result.kind !== 'result') throw new Error(result.message);
  const files = new Map(
    [...studyFiles(result), ...replicationFiles(result)].map((own) => [own.path, own.content]),
  );
  for (const { name: table } of result.tables) expect(files.has(`tables/${table}.csv`)).toBe(true);
  for (const { name: chart } of result.charts) expect(files.get(`charts/${chart}.svg`)).toContain('<svg');
  // A file of riders that was given is told by its digest, never as it is.
  for (const [path, content] of files) {
    expect([
      path,
      /rider 7\b/.test(content),
      /\b(NaN|undefined|Infinity)\b/.test(content) && !path.startsWith('replicate'),
    ]).toEqual([path, false, false]);
  }
});
