/** The desk of studies: the same answers in a thread as in place, one at a time, none longer than it may take. */
import { expect, test } from 'vitest';
import type { App } from '../../src/app.js';
import { observeLive } from '../../src/research/live-observations.js';
import { runStudy, studyNamed } from '../../src/research/studies.js';
import { addWithdrawn } from '../../src/store/withdrawals.js';
import { StudyDesk } from '../../src/studying/desk.js';
import { freshSqliteUrl } from '../support/databases.js';
import { delivery } from '../support/deliveries.js';
import { openTestApp, recordAll } from '../support/farelog.js';
import { secondOf } from '../support/local-calendar.js';
import { failureOf } from '../support/promises.js';

const NOW_MS = secondOf('2026-01-15T12:00:00Z') * 1000;
const MINUTE_MS = 60_000;

async function openWithPayments(databaseUrl: string, clock: () => number = () => NOW_MS): Promise<App> {
  const app = await openTestApp({ databaseUrl, clock });
  await recordAll(
    app,
    Array.from({ length: 30 }, (_, i) =>
      delivery({
        payment_id: i + 1,
        user_id: `r${i % 10}`,
        payment_type: i % 3 === 0 ? 'debit_card' : 'credit_card',
        logged_s: secondOf('2025-12-01T18:00:00Z') + i * 86_400,
      }),
    ),
  );
  return app;
}

const inMemory = (clock?: () => number): Promise<App> => openWithPayments('sqlite::memory:', clock);

test('in a thread a study answers what it does in place, as an object and as documents', async () => {
  const app = await openWithPayments(freshSqliteUrl());
  const { store, reader, clock } = app;
  const parts = { store, calendar: reader.calendar, currency: reader.currency, clock };
  const expected = runStudy(studyNamed('shares'), await observeLive(parts), { interval: 'wilson' });
  const question = { study: 'shares', options: { interval: 'wilson' } };
  const answer = await app.studies.ask(question);
  expect(answer).toEqual(expected);
  expect(JSON.parse(await app.studies.write(question, { format: 'json' }))).toMatchObject({ payments: 30 });
  expect(await app.studies.write(question, { format: 'svg', part: 'trend' })).toMatch(/^<svg /);
  const missing = failureOf(app.studies.write(question, { format: 'csv', part: 'nothing' }));
  expect(await missing).toMatchObject({
    code: 'not_found',
    message: expect.stringContaining('shares, trend'),
  });
});

test('one that takes longer than it may is ended, and the next one has a new thread', async () => {
  const databaseUrl = freshSqliteUrl();
  const { store, reader, clock } = await openWithPayments(databaseUrl);
  const limits = { timeoutMs: 1, maxPayments: 100 };
  const desk = new StudyDesk({ ...reader, store, databaseUrl, limits, clock });
  for (let tries = 0; tries < 2; tries++) {
    const failure = await failureOf(desk.ask({ study: 'shares' }));
    expect(failure).toMatchObject({ code: 'too_slow', message: expect.stringContaining('shorter period') });
  }
  await desk.close();
});

test('a few may wait, and no more; who gave up waiting is passed over', async () => {
  const { studies } = await inMemory();
  const giveUp = new AbortController();
  const asked = Array.from({ length: 7 }, () => studies.ask({ study: 'shares' }));
  const last = failureOf(studies.ask({ study: 'shares' }, giveUp.signal));
  expect(await failureOf(studies.ask({ study: 'shares' }))).toMatchObject({ code: 'too_slow' });
  giveUp.abort();
  expect(await Promise.all(asked)).toHaveLength(7);
  expect(await last).toMatchObject({ code: 'unavailable' });
  expect((await studies.ask({ study: 'shares' })).kind).toBe('result');
});

test('an answer is remembered for minutes by the capture that it rests on, and for nobody else', async () => {
  let now = NOW_MS;
  const app = await inMemory(() => now);
  const payments = async (asOf?: number): Promise<number> => {
    const question = { study: 'shares', from: '2025-12-01', to: '2025-12-31', asOf };
    const answer = await app.studies.ask(question);
    return answer.kind === 'result' ? answer.payments : Number.NaN;
  };
  const { provenance } = await app.studies.ask({ study: 'shares' });
  expect(await payments(provenance.sequence)).toBe(30);
  await addWithdrawn(app.store.knex, ['r1'], 0);
  expect(await payments(provenance.sequence)).toBe(30);
  expect(await payments()).toBe(27);
  await addWithdrawn(app.store.knex, ['r2'], 0);
  now += 4 * MINUTE_MS;
  expect(await payments(provenance.sequence)).toBe(27);
  now += 2 * MINUTE_MS;
  expect(await payments(provenance.sequence)).toBe(24);
});

test.each([
  [{ study: 'nothing' }, /There is no study nothing; there are shares/],
  [{ study: 'shares', options: { level: 'high' } }, /level: /],
  [{ study: 'shares', options: { levle: 0.9 } }, /levle: is no option of the study shares/],
  [{ study: 'shares', from: 'yesterday' }, /from must be a date/],
])('a wrong question is refused: %o', async (question, message) => {
  const { studies } = await inMemory();
  expect(await failureOf(studies.ask(question))).toMatchObject({
    code: 'usage',
    message: expect.stringMatching(message),
  });
});

test('a period without payments has no answer, and says so', async () => {
  const { studies } = await inMemory();
  const question = { study: 'shares', from: '2024-01-01', to: '2024-02-01' };
  expect(await studies.ask(question)).toMatchObject({ kind: 'refused', reason: 'too_few' });
  expect(await failureOf(studies.write(question, { format: 'html' }))).toMatchObject({ code: 'not_found' });
});
