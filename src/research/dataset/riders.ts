/**
 * Who is in a study, and under which names. Numbers go in the order of the study's pseudonyms, which is that of no other
 * study and of no table: in the order of payments the same rider would have the same number in two studies.
 */
import { studyPseudonymOf } from '../../domain/study-pseudonym.js';
import type { LeftOut, WhyLeftOut } from '../left-out-riders.js';

export class StudyRiders {
  readonly #numbers = new Map<string, number>();
  readonly #leftOut = new Map<string, LeftOut>();
  /** Pseudonyms by their number. */
  readonly names: readonly string[];

  /**
   * @param userIds stored ids of all who are met; one may come more than once
   * @param key of the study
   */
  constructor(userIds: Iterable<string>, key: Buffer, whyLeftOut: WhyLeftOut) {
    const named = new Map<string, string>();
    for (const userId of userIds) {
      if (named.has(userId) || this.#leftOut.has(userId)) continue;
      const why = whyLeftOut(userId);
      if (why === undefined) named.set(userId, studyPseudonymOf(userId, key));
      else this.#leftOut.set(userId, why);
    }
    const ordered = [...named].sort(([, a], [, b]) => (a < b ? -1 : 1));
    this.names = ordered.map(([userId, name], number) => {
      this.#numbers.set(userId, number);
      return name;
    });
  }

  /** The rider's number, or why there is none. */
  find(userId: string): number | LeftOut {
    return this.#numbers.get(userId) ?? this.whyNot(userId);
  }

  /** Why a rider who was met is not in the study. */
  whyNot(userId: string): LeftOut {
    const why = this.#leftOut.get(userId);
    if (why === undefined) throw new Error('a rider was not among those that were read first');
    return why;
  }

  /** The rider's number; undefined for one who is not in the study, or whom nobody has met. */
  numberOf(userId: string): number | undefined {
    return this.#numbers.get(userId);
  }

  get withdrawn(): number {
    return [...this.#leftOut.values()].filter((why) => why === 'withdrawn').length;
  }
}
