/**
 * An episode: a database, some processes and senders, a weather, and the laws. A storm comes first; then nothing goes wrong any more and everything must come to rest; then the laws look at all of it.
 *
 * A run is many episodes, the seed of each being one more than the last one's, so that a violation is replayed by its own
 * episode's seed alone, however late in a run it came.
 */
import { createHash } from 'node:crypto';
import { postSome } from '../../src/ingest/posting.js';
import { rebuildLedger } from '../../src/ingest/rebuild.js';
import type { Store } from '../../src/store/dialect.js';
import { expireQuarantined } from '../../src/store/quarantine.js';
import { Connection } from './connection.js';
import { Database } from './database.js';
import { Laws } from './laws.js';
import type { PlantedBug } from './planted-bugs.js';
import { CALENDAR, CURRENCY, Process } from './process.js';
import { Schedule } from './schedule.js';
import { Senders } from './senders.js';
import { drawWeather, type Fault } from './weather.js';
import { count, type World } from './world.js';

/** Steps that an episode storms; it takes some more to come to rest. */
const STORM_STEPS = 3_000;
/** Steps within which all must be at rest after the storm, and simulated time in which a journal must be posted. */
const MOST_STEPS_TO_REST = 100_000;
const MOST_MS_TO_POST = 120_000;
/** Simulated time after which nothing of the storm is on its way any more. */
const QUIET_MS = 60_000;

const REPORTING = { calendar: CALENDAR, currency: CURRENCY };

export interface Report {
  readonly seed: number;
  readonly steps: number;
  /** Hash of all that happened. */
  readonly trace: string;
  readonly messages: number;
  readonly payments: number;
  readonly faults: ReadonlyMap<Fault, number>;
  readonly violation: string | undefined;
  /** What happened last before the violation. */
  readonly recent: readonly string[];
}

export async function runEpisode(seed: number, bug: PlantedBug = {}): Promise<Report> {
  const schedule = new Schedule(seed);
  const weather = drawWeather(schedule.chance);
  const database = await Database.open(REPORTING, bug.driver);
  const faults = new Map<Fault, number>();
  const laws = new Laws(database, weather.limits);
  const world: World = {
    schedule,
    database,
    weather,
    laws,
    faults,
    calm: false,
    databaseDown: false,
    databaseLife: 0,
  };
  const episode = new Episode(world, bug);
  try {
    await episode.run();
  } finally {
    await database.store.close();
  }
  count(faults, 'statement failed', database.struck);
  const { messages } = episode.senders;
  const { steps, recent } = schedule;
  const payments = episode.senders.sent.size;
  return {
    seed,
    steps,
    trace: schedule.trace(),
    messages: messages.length,
    payments,
    faults,
    violation: laws.violation,
    recent,
  };
}

class Episode {
  readonly #world: World;
  readonly #bug: PlantedBug;
  readonly senders: Senders;
  #processes: Process[] = [];
  #started = 0;

  constructor(world: World, bug: PlantedBug) {
    this.#world = world;
    this.#bug = bug;
    this.senders = new Senders(world, () => this.#processes);
    world.schedule.afterStep = () => world.laws.stepEnded();
  }

  async run(): Promise<void> {
    const { schedule, weather, laws } = this.#world;
    for (let process = 0; process < weather.processes; process++) await this.#start();
    this.#brewStorm();
    await this.#goOn(() => schedule.steps >= STORM_STEPS, Number.POSITIVE_INFINITY);
    this.#clearUp();
    const settled = await this.#goOn(() => this.senders.unacknowledged === 0, MOST_STEPS_TO_REST);
    if (!settled) laws.broken('11, rest', `${this.senders.unacknowledged} senders have no acknowledgement`);
    await this.#probeAll();
    await this.#stopAll();
    await this.#emptyJournal();
    if (laws.violation !== undefined) return;
    await laws.lookAtEverything(this.senders.sent);
    laws.quarantineIsDeserved(this.senders.messages);
  }

  /** Steps until `isDone`; false where that takes too many, or a law was broken. */
  async #goOn(isDone: () => boolean, most: number): Promise<boolean> {
    const { schedule, laws } = this.#world;
    const last = schedule.steps + most;
    while (!isDone()) {
      if (laws.violation !== undefined || schedule.steps >= last || !(await schedule.step())) return false;
    }
    return true;
  }

  async #start(): Promise<void> {
    const name = `process ${++this.#started}`;
    this.#processes.push(await Process.start(name, this.#world, this.#bug.door ?? ((door) => door)));
  }

  /** Lets something happen again and again until the storm is over. */
  #every(ms: number, what: string, happen: () => void | Promise<void>): void {
    if (ms === Number.POSITIVE_INFINITY) return;
    const { schedule } = this.#world;
    schedule.after(schedule.chance.between(0.2, 1.8) * ms, what, async () => {
      if (this.#world.calm) return;
      await happen();
      this.#every(ms, what, happen);
    });
  }

  #brewStorm(): void {
    const { weather, laws, schedule } = this.#world;
    this.#every(weather.killEveryMs, 'a process is killed', () => this.#kill());
    this.#every(weather.stopEveryMs, 'a process is told to stop', () => this.#stop());
    this.#every(weather.databaseDownEveryMs, 'the database goes down', () => this.#databaseDown());
    this.#every(weather.clockJumpEveryMs, 'a clock jumps', () => this.#jump());
    this.#every(weather.postEveryMs, 'other programs post', () => {
      // Often two at once, since the one that comes second must see that it does.
      for (let programs = schedule.chance.whole(1, 2); programs > 0; programs--) {
        const limit = schedule.chance.whole(1, 60);
        this.#other('posting', (store) => postSome({ store, ...REPORTING }, limit));
      }
    });
    this.#every(weather.rebuildEveryMs, 'another program rebuilds', () =>
      this.#other('rebuilding', (store) => rebuildLedger({ store, ...REPORTING })),
    );
    this.#every(weather.expireEveryMs, 'what is in quarantine expires', () =>
      this.#other('expiring', (store) =>
        store.write((trx) => expireQuarantined(trx, Number.MAX_SAFE_INTEGER)),
      ),
    );
    this.#every(weather.readEveryMs, 'someone reads', () => laws.readFigures(schedule.chance));
    this.#every(weather.lookEveryMs, 'the laws look', () => laws.lookAtEverything(this.senders.sent));
  }

  #anyAccepting(): Process | undefined {
    const accepting = this.#processes.filter((process) => process.accepting);
    return accepting.length === 0 ? undefined : this.#world.schedule.chance.oneOf(accepting);
  }

  #kill(): void {
    const process = this.#anyAccepting();
    if (process === undefined) return;
    count(this.#world.faults, 'process killed');
    process.kill();
    this.#replace(process);
  }

  #replace(process: Process): void {
    const { schedule } = this.#world;
    this.#processes = this.#processes.filter((one) => one !== process);
    schedule.after(schedule.chance.between(10, 500), 'a process starts', () => this.#start());
  }

  #stop(): void {
    const process = this.#anyAccepting();
    if (process === undefined) return;
    count(this.#world.faults, 'process stopped');
    void this.#stopped(process);
    this.#replace(process);
  }

  async #stopped(process: Process): Promise<void> {
    const { schedule, laws } = this.#world;
    await process.stop();
    schedule.after(0, `${process.name} has stopped`, () => {
      if (process.open > 0) laws.broken('11, rest', `${process.open} requests are open after stopping`);
      process.kill();
    });
  }

  #databaseDown(): void {
    const world = this.#world;
    const { schedule, faults } = world;
    count(faults, 'database down');
    world.databaseDown = true;
    world.databaseLife++;
    schedule.after(schedule.chance.between(10, 1_000), 'the database is back', () => {
      world.databaseDown = false;
    });
  }

  #jump(): void {
    const process = this.#anyAccepting();
    if (process === undefined) return;
    count(this.#world.faults, 'clock jumped');
    process.skewMs = this.#world.schedule.chance.whole(-7_200_000, 7_200_000);
  }

  /** Another program on the same database, whose failures are its own. */
  #other(doing: string, work: (store: Store) => Promise<number>): void {
    const { schedule } = this.#world;
    work(new Connection(this.#world, 'another program', () => true)).then(
      (rows) => schedule.note(`${doing}: ${rows}`),
      (error: unknown) => schedule.note(`${doing}: ${error}`),
    );
  }

  #clearUp(): void {
    this.#world.calm = true;
    this.#world.databaseDown = false;
  }

  /**
   * Each process alone: a full batch, then one payment that has no company, are acknowledged by their first sending, and
   * its own poster posts them. Who is never asked again shows what repeated sending would hide.
   */
  async #probeAll(): Promise<void> {
    const { weather } = this.#world;
    const { maxRows, maxQueue } = weather.limits;
    await this.#letPass(QUIET_MS);
    for (const process of this.#processes) {
      await this.#probe(process, Math.min(maxRows, maxQueue));
      await this.#probe(process, 1);
      await this.#untilPosted(`of ${process.name}`);
    }
    // Left in the journal when they stop.
    for (const process of this.#processes) await this.#probe(process, 1);
  }

  async #probe(process: Process, payments: number): Promise<void> {
    const probes = this.senders.sendTo(process, payments);
    await this.#goOn(() => this.senders.unacknowledged === 0, MOST_STEPS_TO_REST);
    const again = probes.filter(({ sendings }) => sendings > 1);
    if (again.length > 0)
      this.#world.laws.broken('11, rest', `${again.length} of ${payments} were sent again`);
  }

  async #letPass(ms: number): Promise<void> {
    const { schedule } = this.#world;
    const until = schedule.now + ms;
    await this.#goOn(() => schedule.now > until, MOST_STEPS_TO_REST);
  }

  async #untilPosted(whose: string): Promise<void> {
    const { laws, schedule } = this.#world;
    const last = schedule.now + MOST_MS_TO_POST;
    await this.#goOn(() => laws.journal === 0 || schedule.now > last, MOST_STEPS_TO_REST);
    if (laws.journal > 0) laws.broken('11, rest', `${laws.journal} payments ${whose} stay in the journal`);
  }

  async #stopAll(): Promise<void> {
    const { laws } = this.#world;
    const processes = this.#processes;
    let stopped = 0;
    for (const process of processes) void this.#stopped(process).then(() => stopped++);
    const done = await this.#goOn(() => stopped === processes.length, MOST_STEPS_TO_REST);
    if (!done) laws.broken('11, rest', 'a process does not stop');
  }

  async #emptyJournal(): Promise<void> {
    if (this.#world.laws.violation !== undefined) return;
    await this.#start();
    await this.#untilPosted('that were left');
  }
}

export interface RunReport {
  readonly steps: number;
  readonly episodes: number;
  readonly messages: number;
  readonly payments: number;
  readonly faults: ReadonlyMap<Fault, number>;
  /** Hash of the traces of all episodes. */
  readonly trace: string;
  /** The episode that broke a law, where one did. */
  readonly broken: Report | undefined;
}

/** Whole episodes from a seed on, until at least so many steps are made or a law is broken. */
export async function run(seed: number, steps: number, bug: PlantedBug = {}): Promise<RunReport> {
  const faults = new Map<Fault, number>();
  const total = { steps: 0, episodes: 0, messages: 0, payments: 0 };
  const traces = createHash('sha256');
  let broken: Report | undefined;
  while (total.steps < steps && broken === undefined) {
    const report = await runEpisode(seed + total.episodes, bug);
    total.episodes++;
    total.steps += report.steps;
    total.messages += report.messages;
    total.payments += report.payments;
    for (const [fault, times] of report.faults) count(faults, fault, times);
    traces.update(report.trace);
    if (report.violation !== undefined) broken = report;
  }
  return { ...total, faults, trace: traces.digest('hex'), broken };
}

/** What a person needs to know of a violation, and how to see it again. */
export function toldOf({ recent, violation, seed, steps }: Report): string {
  return [
    ...recent,
    '',
    `Broken after ${steps} steps of the episode with seed ${seed}: ${violation}`,
    `Replay it: npm run simulate:faults -- --seed ${seed} --steps 1`,
  ].join('\n');
}
