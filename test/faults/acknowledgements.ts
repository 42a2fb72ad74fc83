/**
 * The sender's own log: each delivery before it is sent, each answer once it was read to its end. JSON Lines, written
 * at once, so that what stands in it is true whenever it is read. And the program that holds a database against it.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished } from 'vitest';
import { temporaryFolder } from '../support/service.js';
import type { Meaning } from './deliveries.js';

const CHECK = fileURLToPath(new URL('check.ts', import.meta.url));

/** The riders' key of every service that a fault is tried on; the check makes their names by it. */
export const PSEUDONYM_KEY = 'the-same-riders-after-every-fault';

/** What the independent program found. */
export interface Verdict {
  readonly sent: number;
  /** Deliveries answered 2xx. */
  readonly acknowledged: number;
  /** Deliveries without an answer: nobody knows what became of them. */
  readonly unanswered: number;
  /** Payments in the table, those of them that wait in the journal, and rows of the quarantine. */
  readonly payments: number;
  readonly inJournal: number;
  readonly quarantined: number;
  readonly lost: number;
  readonly doubled: number;
  /** Rows with other content than was acknowledged. */
  readonly altered: number;
  /** Rows that nobody sent. */
  readonly invented: number;
  readonly totalsWrong: number;
  readonly examples: readonly string[];
  readonly holds: boolean;
}

/** A delivery as it is written down; its bytes need not be text. */
export interface Sendable {
  readonly body: string | Buffer;
  readonly payment: Meaning | null;
}

export class AcknowledgementLog {
  readonly file = join(temporaryFolder(), 'acknowledgements.jsonl');
  readonly #fd = openSync(this.file, 'a');
  #deliveries = 0;

  constructor() {
    onTestFinished(() => closeSync(this.#fd));
  }

  /** Writes down a delivery that is about to be sent; returns the name of this sending. */
  sent({ body, payment }: Sendable): string {
    const name = String(++this.#deliveries);
    this.#write({ sent: name, body: createHash('sha256').update(body).digest('hex').slice(0, 16), payment });
    return name;
  }

  /** Writes down a whole answer, or that there was none. */
  answered(name: string, answer: { readonly status: number; readonly body: string } | undefined): void {
    this.#write({
      answered: name,
      status: answer?.status ?? null,
      quarantine_id: answer?.status === 202 ? quarantineIdIn(answer.body) : null,
    });
  }

  #write(line: object): void {
    writeSync(this.#fd, `${JSON.stringify(line)}\n`);
  }
}

function quarantineIdIn(body: string): number | null {
  const { quarantine_id: id }: { quarantine_id?: unknown } = JSON.parse(body);
  return typeof id === 'number' ? id : null;
}

/**
 * Runs the independent program. `zone` is the services' reporting zone where it is not the default; `erased` are riders
 * whose payments must name nobody.
 */
export async function check(
  log: AcknowledgementLog,
  databaseUrl: string,
  zone?: string,
  erased: readonly string[] = [],
): Promise<Verdict> {
  const env = {
    ...process.env,
    CHECK_PSEUDONYM_KEY: PSEUDONYM_KEY,
    CHECK_ERASED: JSON.stringify(erased),
    ...(zone && { CHECK_ZONE: zone }),
  };
  const run = promisify(execFile)(process.execPath, ['--import', 'tsx', CHECK, log.file, databaseUrl], {
    env,
    maxBuffer: 2 ** 26,
  });
  const { stdout, stderr } = await run.catch((failure: { stdout?: string; stderr?: string }) => ({
    stdout: failure.stdout ?? '',
    stderr: failure.stderr ?? '',
  }));
  if (stdout === '') throw new Error(`the promise could not be checked: ${stderr}`);
  return JSON.parse(stdout);
}

/** How many rows and totals are wrong, for the table of figures. */
export function wrongIn({ altered, invented, totalsWrong }: Verdict): number {
  return altered + invented + totalsWrong;
}

/** A verdict's part of a row's figures. */
export function countsOf(verdict: Verdict) {
  const { sent: deliveries, acknowledged, lost, doubled } = verdict;
  return { deliveries, acknowledged, lost, doubled, wrong: wrongIn(verdict) };
}

/** Fails, with examples, where the promise does not hold. */
export function expectPromise(verdict: Verdict): void {
  expect(verdict, verdict.examples.join('\n')).toMatchObject({ holds: true, examples: [] });
}
