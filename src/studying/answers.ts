/**
 * Studies on the live database, answered one by one.
 *
 * The last answers are remembered for some minutes by what they rest on: the study, its period and options, and the capture
 * up to which it read. Who asks as of that very capture gets the same answer in any format without its being read again;
 * whoever names no capture always gets the database as it is. The trade-off: within these minutes such an answer does not
 * know of a rider who has withdrawn since, nor of a changed calendar.
 */
import type { StudyAnswer, StudyQuestion } from '../documents/study-question.js';
import { type LiveParts, observeLive } from '../research/live-observations.js';
import { runStudy, studyNamed } from '../research/studies.js';

const MAX_REMEMBERED = 16;
export const REMEMBERED_MS = 5 * 60_000;

interface Remembered {
  readonly answer: StudyAnswer;
  readonly untilMs: number;
}

export class StudyAnswers {
  readonly #parts: Omit<LiveParts, 'clock'>;
  readonly #maxPayments: number;
  readonly #remembered = new Map<string, Remembered>();

  constructor(parts: Omit<LiveParts, 'clock'>, maxPayments: number) {
    this.#parts = parts;
    this.#maxPayments = maxPayments;
  }

  /** @param nowMs milliseconds since 1970 */
  async answer(question: StudyQuestion, nowMs: number): Promise<StudyAnswer> {
    const { study: name, from, to, asOf, options = {} } = question;
    const known = this.#remembered.get(keyOf(question));
    if (asOf !== undefined && known !== undefined && known.untilMs > nowMs) return known.answer;
    const study = studyNamed(name);
    const parts = { ...this.#parts, clock: () => nowMs };
    const observations = await observeLive(parts, { from, to, asOf, maxPayments: this.#maxPayments });
    const answer = runStudy(study, observations, options);
    const { sequence } = observations.provenance;
    const rests = { study: name, from: observations.from, to: observations.to, asOf: sequence, options };
    this.#remember(keyOf(rests), { answer, untilMs: nowMs + REMEMBERED_MS });
    return answer;
  }

  #remember(key: string, remembered: Remembered): void {
    this.#remembered.delete(key);
    this.#remembered.set(key, remembered);
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size > MAX_REMEMBERED && oldest !== undefined) this.#remembered.delete(oldest);
  }
}

function keyOf({ study, from, to, asOf, options = {} }: StudyQuestion): string {
  const ordered = Object.entries(options)
    .filter(([, value]) => value !== undefined)
    .map(([option, value]) => [option, String(value)])
    .sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
  return JSON.stringify([study, from, to, asOf, ordered]);
}
