/** Whether payments are taken, as the last transactions tell. */
import { expect, test } from 'vitest';
import type { Commit } from '../../src/ingest/door.js';
import { Taking } from '../../src/ingest/taking.js';
import { failureOf } from '../support/promises.js';

/** A door that fails where it is told to, watched, with a clock that stands. */
function watched() {
  const clock = { ms: 1_000_000 };
  const door = { fails: false };
  const taking = new Taking(() => clock.ms);
  const commit: Commit = async () => {
    if (door.fails) throw new Error('the disk is full');
    return [{ kind: 'refused' }];
  };
  return { clock, door, taking, commit: taking.watch(commit) };
}

test('payments are taken until a transaction is given up, whose failure is told on', async () => {
  const { door, taking, commit } = watched();
  expect(taking.takes).toBe(true);
  expect(await commit([], 0)).toEqual([{ kind: 'refused' }]);
  expect(taking.takes).toBe(true);
  door.fails = true;
  expect(await failureOf(commit([], 0))).toMatchObject({ message: 'the disk is full' });
  expect(taking.takes).toBe(false);
});

test('a transaction that commits ends refusing at once', async () => {
  const { door, taking, commit } = watched();
  door.fails = true;
  await failureOf(commit([], 0));
  door.fails = false;
  await commit([], 0);
  expect(taking.takes).toBe(true);
});

test('so do ten seconds without any, counted from the last failure', async () => {
  const { clock, door, taking, commit } = watched();
  door.fails = true;
  await failureOf(commit([], 0));
  clock.ms += 9_999;
  expect(taking.takes).toBe(false);
  await failureOf(commit([], 0));
  clock.ms += 9_999;
  expect(taking.takes).toBe(false);
  clock.ms += 1;
  expect(taking.takes).toBe(true);
});
