/** `GET /api/v1/schedule`: what the service does by itself, when it did last and how that ended, and when it will again. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { JOB_NAMES, RUN_OUTCOMES } from '../../domain/schedule.js';
import { JOB_STATES, type JobView, jobView } from '../../ingest/schedule-view.js';
import { readSchedule } from '../../store/schedule.js';
import { instant } from '../answer-schemas.js';
import { json, type RouteDoc } from '../route.js';
import type { Service } from '../service.js';

const JOB = z
  .object({
    name: z.enum(JOB_NAMES),
    schedule: z
      .string()
      .nullable()
      .describe('When this instance has it do so: `every 15m`, `at 02:30 America/Chicago`; null: never.'),
    state: z
      .enum(JOB_STATES)
      .describe('off: not scheduled here; waiting for next_at; due; running; retrying: waits for retry_at.'),
    next_at: instant.nullable().describe('When it is due next, or has been due since. UTC.'),
    retry_at: instant.nullable().describe('When it is tried again after a failure. UTC.'),
    running: z
      .object({ instance: z.string(), since: instant })
      .nullable()
      .describe('Who is at it, and since when.'),
    last: z
      .object({
        instance: z.string(),
        started_at: instant,
        finished_at: instant,
        outcome: z
          .enum(RUN_OUTCOMES)
          .describe(
            'attention: done, and something is for a person to look at; stopped: cut by a stop, goes on; lost: its runner was gone.',
          ),
        message: z.string(),
      })
      .nullable()
      .describe('The last run that ended, scheduled or by hand.'),
    last_done_at: instant.nullable().describe('When it last came to its end: ok or attention. UTC.'),
    failures: z.int().describe('In a row.'),
    overdue: z.boolean().describe('It is late by over 15 minutes, and nobody is at it.'),
  })
  .meta({ id: 'ScheduledJob' }) satisfies z.ZodType<JobView>;

const DOC: RouteDoc = {
  name: 'listSchedule',
  tag: 'Operation',
  summary: 'Scheduled work: last run, next run',
  description:
    'Pull, sync and reconcile, scheduled or not. Of several instances one runs each; which one is told, and how it ended.',
  answers: {
    200: {
      description: 'All jobs.',
      json: json(z.object({ rows: z.array(JOB), zone: z.string() }), {
        rows: [
          {
            name: 'reconcile',
            schedule: 'at 02:30 America/Chicago',
            state: 'waiting',
            next_at: '2026-03-11T07:30:00Z',
            retry_at: null,
            running: null,
            last: {
              instance: 'farelog-1',
              started_at: '2026-03-10T07:30:02Z',
              finished_at: '2026-03-10T07:30:44Z',
              outcome: 'attention',
              message: '12,480 records read, 3 recorded, 2 exceptions open',
            },
            last_done_at: '2026-03-10T07:30:44Z',
            failures: 0,
            overdue: false,
          },
        ],
        zone: 'America/Chicago',
      }),
    },
  },
};

export function scheduleRoutes(server: FastifyInstance, { store, schedule, zone, clock }: Service): void {
  server.get('/api/v1/schedule', { config: { access: 'analyst', doc: DOC } }, async () => {
    const now = clock();
    const rows = (await readSchedule(store.knex)).map((state) => jobView(state, { ...schedule, zone }, now));
    return { rows, zone: zone.name };
  });
}
