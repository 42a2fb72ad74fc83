/** Waiting in tests: for a signal, for a failure, for a condition. Never for a while. */
import { setTimeout as pause } from 'node:timers/promises';

export function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/** What the promise fails with; fails itself where it does not. */
export function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('expected a failure, and there was none');
    },
    (failure: unknown) => failure,
  );
}

const UNTIL_MS = 30_000;

/** Asks until there is an answer. */
export async function until<T>(ask: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + UNTIL_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`no answer within ${UNTIL_MS} ms`);
    await pause(5);
  }
}
