/** Facts → findings: pure, so that every one of them can be made by altering one fact of a healthy default. */
import type { Facts } from './facts.js';
import type { Finding } from './finding.js';
import { judgeDatabase } from './judge-database.js';
import { judgeMachine } from './judge-machine.js';

export function judge(facts: Facts): Finding[] {
  return [...judgeMachine(facts), ...judgeDatabase(facts)];
}
