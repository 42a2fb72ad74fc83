/** `farelog schedule`: what the service does by itself, and doing it now. */
import { hostname } from 'node:os';
import type { Command } from 'commander';
import type { App } from '../app.js';
import { AppError } from '../domain/errors.js';
import { isJobName, JOB_NAMES } from '../domain/schedule.js';
import { runUnderLease } from '../ingest/lease.js';
import { type JobView, jobView } from '../ingest/schedule-view.js';
import { leaseParts, workOf } from '../jobs.js';
import { readSchedule } from '../store/schedule.js';
import {
  type CommonOptions,
  commandActor,
  EXIT,
  newCommand,
  newGroup,
  printJson,
  printTable,
  withApp,
} from './command.js';

function listCommand(): Command {
  return newCommand(
    'list',
    'List scheduled work: when each is due, who runs it, and how the last run ended.',
    'farelog schedule list',
  ).action((options: CommonOptions) =>
    withApp(options, async (app) => {
      const rows = await views(app);
      if (options.json) return printJson({ rows, zone: app.config.zone.name });
      printTable(
        ['job', 'schedule', 'state', 'next', 'last ended', 'outcome', 'by', 'what'],
        rows.map(({ name, schedule, state, next_at, retry_at, running, last }) => [
          ...[name, schedule, state, retry_at ?? next_at, last?.finished_at, last?.outcome],
          ...[running?.instance ?? last?.instance, last?.message],
        ]),
      );
    }),
  );
}

async function views({ store, config, clock }: App): Promise<JobView[]> {
  const { schedule, zone } = config;
  return (await readSchedule(store.knex)).map((state) => jobView(state, { ...schedule, zone }, clock()));
}

function runCommand(): Command {
  return newCommand(
    'run',
    'Run one now, as the service does, unless somebody is at it.',
    'farelog schedule run reconcile',
  )
    .argument('<name>', JOB_NAMES.join(', '))
    .action((name: string, options: CommonOptions) =>
      withApp(options, async (app) => {
        if (!isJobName(name)) throw new AppError('usage', `${name} is none of ${JOB_NAMES.join(', ')}.`);
        const state = (await readSchedule(app.store.knex)).find((one) => one.name === name);
        if (state === undefined) throw new Error(`farelog_schedule has lost its row of ${name}`);
        const stopping = new AbortController();
        const stop = (): void => stopping.abort();
        for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop);
        const parts = leaseParts(app, `${commandActor()} on ${hostname()}`);
        const ended = await runUnderLease(parts, state, workOf(app, name), stopping.signal);
        if (ended === undefined) {
          const who = state.holder ?? 'Somebody else';
          const message = `${who} is at it. If that has ended without a word, its lease is over in ${2 * (parts.leaseMs / 1000)} s at most.`;
          throw new AppError('conflict', message);
        }
        const { outcome, message } = ended;
        if (outcome === 'ok' || outcome === 'attention') await app.post();
        if (options.json) printJson({ name, outcome, message });
        else console.log(`${name}: ${outcome}. ${message}`);
        if (outcome === 'attention') process.exitCode = EXIT.problems;
        else if (outcome !== 'ok') process.exitCode = EXIT.failed;
      }),
    );
}

export function scheduleCommand(): Command {
  const command = newGroup('schedule', 'What the service does by itself, and when.', 'farelog schedule list');
  for (const sub of [listCommand(), runCommand()]) command.addCommand(sub);
  return command;
}
