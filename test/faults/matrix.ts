/** The rows of the matrix: every fault that the promise must survive, by its number. */
export const FAULTS: Readonly<Record<number, string>> = {
  1: 'Crash: `kill -9` of the service',
  2: 'Database crash: `kill -9` of mariadbd',
  3: 'fsync fails',
  4: 'Disk full',
  5: 'Duplicate race',
  6: 'Same id, other content',
  7: 'Crash right before and right after COMMIT',
  8: "COMMIT's answer lost",
  9: 'Deadlock and lock timeout, also at COMMIT',
  10: 'Another process holds the lock of the SQLite file',
  11: 'Disorder',
  12: 'Poison',
  13: 'Forgery',
  14: 'Replay around the tolerance',
  15: 'Secret rotation under load',
  16: 'Slow clients',
  17: 'Flood',
  18: 'Daylight saving',
  19: 'Weeks',
  20: 'Money',
  21: 'Migrations killed and at once',
  22: 'Error shapes',
  23: 'SIGTERM under load',
  24: 'Restore',
  25: 'Erasure while payments arrive',
  26: 'One of two services behind a load balancer killed',
  27: 'Primary database lost, replica promoted',
};

/** `npm run test:faults -- --long`: more tries and the matrix's own counts; the short form runs in CI. */
export const LONG = process.env.FARELOG_TEST_FAULTS === 'long';

/** A count by the form of this run. */
export function times(short: number, long: number): number {
  return LONG ? long : short;
}

/** A wrong variant may be lucky: a control is tried again before it counts as not caught. Rows themselves never are. */
export const BY_CHANCE = { retry: 2 } as const;
