/**
 * Pull: what webhooks have missed is fetched from the provider's API and recorded by the same door.
 *
 * The span is read in windows of time, the oldest first, a page in memory at a time. A page is committed before the next
 * one is asked for. When a window came whole and is durable, the watermark moves to its end: it says up to where
 * everything of the provider is here, so a pull that is killed at any moment goes on from there. It is set back to where
 * `since` says, and to the beginning of a window that did not come whole. It stays where the span begins behind it and
 * would leave a gap, and as long as a pull has brought nothing, since that is what a provider that has gone quiet looks
 * like. The next pull begins an overlap before the watermark, for rows that were late or were edited. Reading again costs
 * nothing but time: what is here is a duplicate.
 *
 * Two pulls side by side do no harm; the watermark is then the one that was saved last.
 */
import type { BytemarkClient } from '../bytemark/client.js';
import { ProviderError } from '../bytemark/provider-error.js';
import type { WindowSummary } from '../bytemark/window.js';
import { AppError } from '../domain/errors.js';
import { type Span, toIso } from '../domain/time.js';
import { readMeta, saveMeta } from '../store/meta.js';
import { listPayments } from '../store/payments.js';
import { type PageEffects, PageRecorder } from './page-recorder.js';
import { type PullProgress, type PullReport, PullTally } from './pull-report.js';
import { UnitCheck } from './unit-check.js';

export interface PullOptions {
  /** Seconds since 1970; null: the overlap before the watermark. */
  readonly since: number | null;
  /** Where a first pull begins at the latest that is not told; without it, it is refused. */
  readonly firstFrom?: number | undefined;
  readonly overlapS: number;
  readonly windowS: number;
  /** Fetches and compares everything, and records nothing. */
  readonly dryRun: boolean;
}

export interface PullEffects extends PageEffects {
  readonly client: BytemarkClient;
  /** Average price of each payment type so far, in minor units. */
  readonly history: ReadonlyMap<string, number>;
  readonly signal?: AbortSignal | undefined;
  /** Told after each page. */
  readonly onProgress?: ((progress: PullProgress) => void) | undefined;
  /** Told at once what the report's warnings tell at the end. */
  readonly onWarning?: ((warning: string) => void) | undefined;
}

/**
 * @throws AppError `usage` where there is nothing to begin from; ProviderError; `unavailable` (the database). Whatever
 * was thrown, what was recorded until then stays, and the next pull goes on from there.
 */
export async function pull(options: PullOptions, effects: PullEffects): Promise<PullReport> {
  const { store, client, clock } = effects;
  const { url, paymentsPath, list } = client.settings;
  const source = `${url}${paymentsPath}#${list}`;
  const meta = await readMeta(store.knex);
  const mark = meta.pulled_source === source ? Number(meta.pulled_until) : null;
  const since = options.since ?? (mark === null ? firstFrom(options, meta.pulled_until) : null);
  const from = since ?? (mark === null ? undefined : mark - options.overlapS);
  if (from === undefined) throw nothingToBeginFrom(meta.pulled_source);
  const to = Math.floor(clock() / 1000);
  if (from >= to) throw new AppError('usage', `--since ${toIso(from)} is not in the past.`);
  return new Pull({ ...options, since }, effects, { from, to }, source, mark).run();
}

/** Where a list that was never pulled begins by itself: not behind what an earlier one has brought, or the time between is lost. */
function firstFrom({ firstFrom: told, overlapS }: PullOptions, until: string | undefined): number | null {
  if (told === undefined) return null;
  return until === undefined ? told : Math.min(told, Number(until) - overlapS);
}

function nothingToBeginFrom(other: string | undefined): AppError {
  const why =
    other === undefined
      ? 'Nothing was pulled into this database yet'
      : `What was pulled last came from ${other}`;
  return new AppError('usage', `${why}. Say from where to begin: --since 2026-01-01.`);
}

function wrongSettings(why: string): ProviderError {
  const settings = 'FARELOG_BYTEMARK_FIELDS, FARELOG_BYTEMARK_UNIT and FARELOG_BYTEMARK_TIME';
  const message = `${why} Are ${settings} right? Nothing was recorded or quarantined.`;
  return new ProviderError('malformed', message);
}

class Pull {
  readonly #options: PullOptions;
  readonly #effects: PullEffects;
  readonly #span: Span;
  readonly #source: string;
  readonly #tally: PullTally;
  readonly #pages: PageRecorder;
  /** The watermark; null where this list was never pulled. */
  #mark: number | null;
  /** Whether the watermark may follow: everything before the window at hand is here. */
  #follows: boolean;
  #windowsDone = 0;
  #windows = 0;

  constructor(options: PullOptions, effects: PullEffects, span: Span, source: string, mark: number | null) {
    const { unit, time, zone } = effects.client.settings;
    const rules = { ...effects.rules, unit, time: { format: time, zone } };
    this.#options = options;
    this.#effects = effects;
    this.#span = span;
    this.#source = source;
    this.#tally = new PullTally(effects.onWarning);
    const units = new UnitCheck(effects.history, rules.currency);
    this.#pages = new PageRecorder({ ...effects, rules }, this.#tally, units, {
      source: 'pull',
      dryRun: options.dryRun,
      hopeless: wrongSettings,
    });
    this.#mark = mark;
    this.#follows = mark === null || span.from <= mark;
  }

  async run(): Promise<PullReport> {
    const { client, signal } = this.#effects;
    if (!this.#follows && this.#mark !== null)
      this.#tally.warn(
        `This pull begins at ${toIso(this.#span.from)}, after the place where the last one ended (${toIso(this.#mark)}). ` +
          'What lies between is not fetched, so the next pull begins there again.',
      );
    // What was asked for is kept, so that a pull that is cut off goes on without being asked again.
    if (this.#options.since !== null && this.#follows) await this.#saveMark(this.#span.from);
    const windows = client.windowsOf(this.#span, this.#options.windowS);
    this.#windows = windows.length;
    try {
      for (const window of windows) await this.#window(window, signal);
    } catch (error) {
      this.#tellWhereItEnded();
      throw error;
    }
    this.#pages.checkUnits();
    return this.#report(await this.#isSuspiciouslyEmpty());
  }

  async #window(window: Span, signal: AbortSignal | undefined): Promise<void> {
    const reading = this.#effects.client.readWindow(window, signal);
    for (;;) {
      const step = await reading.next();
      if (step.done === true) {
        this.#tally.window(step.value);
        await this.#moveMark(step.value);
        break;
      }
      await this.#pages.take(step.value.items);
      this.#tellProgress();
    }
    this.#windowsDone++;
    this.#tellProgress();
  }

  /** On to the window's end where it came whole; back to its beginning where it did not. */
  async #moveMark({ window, whole }: WindowSummary): Promise<void> {
    const mark = this.#mark;
    if (!whole) {
      this.#follows = false;
      if (mark === null || mark > window.from) await this.#saveMark(window.from);
    } else if (this.#follows && this.#tally.counts.fetched > 0 && (mark === null || mark < window.to))
      await this.#saveMark(window.to);
  }

  async #saveMark(second: number): Promise<void> {
    if (this.#options.dryRun) return;
    this.#mark = second;
    await saveMeta(this.#effects.store, { pulled_source: this.#source, pulled_until: String(second) });
  }

  /** Nothing came: never silently, and a failure where payments of that time are here. */
  async #isSuspiciouslyEmpty(): Promise<boolean> {
    if (this.#tally.counts.fetched > 0) return false;
    const { from, to } = this.#span;
    const here = await listPayments(this.#effects.store, { from, to }, 1);
    const known =
      here.length > 0
        ? 'Payments of that time are recorded here, so the provider does not list what it should.'
        : 'No payment of that time is recorded here either.';
    this.#tally.warn(
      `0 payments fetched: the provider lists none between ${toIso(from)} and ${toIso(to)}. ${known} ` +
        'Are FARELOG_BYTEMARK_PAYMENTS_PATH and this client’s rights the right ones? The same time is read again by the next pull.',
    );
    return here.length > 0;
  }

  #tellWhereItEnded(): void {
    const { recorded } = this.#tally.counts;
    const from = this.#mark === null ? 'the same place' : `${toIso(this.#mark)}, less the overlap`;
    this.#tally.warn(
      `The pull ended early. ${recorded} payments were recorded and stay; the next one goes on from ${from}.`,
    );
  }

  #tellProgress(): void {
    const { counts } = this.#tally;
    const windows = { windowsDone: this.#windowsDone, windows: this.#windows };
    this.#effects.onProgress?.({ ...counts, ...windows });
  }

  #report(isSuspiciouslyEmpty: boolean): PullReport {
    const { counts, warnings, firstProblems, incomplete, moved, listedTwice } = this.#tally;
    return {
      from: toIso(this.#span.from),
      to: toIso(this.#span.to),
      ...counts,
      watermark: this.#mark === null ? null : toIso(this.#mark),
      windows: this.#windows,
      moved,
      listedTwice,
      incomplete,
      dryRun: this.#options.dryRun,
      warnings,
      firstProblems,
      needsAttention: counts.conflicts + counts.invalid > 0 || incomplete.length > 0 || isSuspiciouslyEmpty,
    };
  }
}
