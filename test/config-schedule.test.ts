/** Settings of what the service does by itself: each refusal by name. */
import { expect, test } from 'vitest';
import { type Environment, inspectSettings } from '../src/config.js';

const VALID: Environment = {
  FARELOG_BYTEMARK_URL: 'https://bytemark.example',
  FARELOG_BYTEMARK_CLIENT_ID: 'farelog',
  FARELOG_BYTEMARK_CLIENT_SECRET: 'a-client-secret',
  FARELOG_PORTAL_URL: 'mysql://portal.example/portal',
  FARELOG_RECONCILE_AT: '02:30',
  FARELOG_PULL_EVERY: '15m',
  FARELOG_SYNC_AT: '0 4 * * 1-5',
  FARELOG_SYNC_UNIT: 'minor',
};

test('nothing is scheduled where nothing is set', () => {
  const { config, problems } = inspectSettings({});
  expect([config.schedule.times, problems]).toEqual([{}, []]);
});

test('times are taken as they are set', () => {
  const { config, problems } = inspectSettings(VALID);
  const { pull, sync, reconcile } = config.schedule.times;
  expect(problems).toEqual([]);
  expect([pull?.text, sync?.text, reconcile?.text]).toEqual(['every 15m', 'at 0 4 * * 1-5', 'at 02:30']);
});

test.each<readonly [string, Environment, RegExp]>([
  ['a time that is none', { FARELOG_RECONCILE_AT: '25:00' }, /^FARELOG_RECONCILE_AT must be a time of day/],
  ['a date that never is', { FARELOG_RECONCILE_AT: '0 0 31 2 *' }, /^FARELOG_RECONCILE_AT never comes/],
  ['a stretch that is none', { FARELOG_PULL_EVERY: '15' }, /^FARELOG_PULL_EVERY must be a stretch/],
  ['both', { FARELOG_PULL_AT: '03:00' }, /^FARELOG_PULL_EVERY and FARELOG_PULL_AT are both set/],
  ['no portal', { FARELOG_PORTAL_URL: '' }, /^FARELOG_PORTAL_URL is needed with FARELOG_SYNC_AT/],
  ['no unit', { FARELOG_SYNC_UNIT: '' }, /^FARELOG_SYNC_UNIT is needed with FARELOG_SYNC_AT/],
  [
    'users twice',
    { FARELOG_SYNC_USERS: 'users', FARELOG_SYNC_USERS_FROM: 'users.csv' },
    /^FARELOG_SYNC_USERS and FARELOG_SYNC_USERS_FROM are both set/,
  ],
  ['a zone that is none', { FARELOG_SYNC_ZONE: 'Nowhere' }, /^FARELOG_SYNC_ZONE must be an IANA/],
  ['no lease', { FARELOG_SCHEDULE_LEASE_S: '0' }, /^FARELOG_SCHEDULE_LEASE_S must lie between/],
])('are refused with %s', (_, changes, problem) => {
  const { problems } = inspectSettings({ ...VALID, ...changes });
  expect(problems).toEqual([expect.stringMatching(problem)]);
});

test('a provider is needed by each job that asks it', () => {
  const { problems } = inspectSettings({ ...VALID, FARELOG_BYTEMARK_URL: '' });
  expect(problems).toEqual([
    'FARELOG_BYTEMARK_URL is needed with FARELOG_RECONCILE_AT.',
    'FARELOG_BYTEMARK_URL is needed with FARELOG_PULL_EVERY.',
  ]);
});
