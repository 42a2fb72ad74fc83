/** System calls that fail, by strace: attached to a running process and taken off again. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from '../support/service.js';

/** Why system calls cannot be made to fail here; undefined where they can. */
export function straceMissing(): string | undefined {
  const { error, status } = spawnSync('strace', ['-qq', '-o', '/dev/null', 'true'], { timeout: 10_000 });
  if (error !== undefined) return 'strace is missing; install it with `apt-get install strace`';
  if (status !== 0) return 'strace may not trace here; allow ptrace (in a container: --cap-add SYS_PTRACE)';
  return undefined;
}

export interface Tracing {
  /** Lets the process go; returns the lines of the trace. */
  detach(): Promise<readonly string[]>;
}

/**
 * Makes system calls of a process, in all its threads, fail as `inject` says (`fsync,fdatasync:error=EIO`), and writes
 * down these and the calls of `trace`. Ready when it returns.
 */
export async function failSystemCalls(pid: number, inject: string, trace: string): Promise<Tracing> {
  const file = join(temporaryFolder(), 'trace');
  const words = [
    '-f',
    '-s',
    '4096',
    '-p',
    String(pid),
    '-o',
    file,
    '-e',
    `trace=${trace}`,
    '-e',
    `inject=${inject}`,
  ];
  const strace = spawn('strace', words, { stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = once(strace, 'exit');
  onTestFinished(() => {
    strace.kill('SIGKILL');
  });
  // Read to its end: a strace whose messages nobody takes is ended by them, and lets the process go.
  let said = '';
  const attached = new Promise<void>((resolve, reject) => {
    strace.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (/Process \d+ attached/.test(said)) resolve();
    });
    strace.once('exit', () => reject(new Error(`strace did not attach: ${said}`)));
  });
  await attached;
  return {
    detach: async () => {
      strace.kill('SIGINT');
      await exited;
      return readFileSync(file, 'utf8').split('\n').filter(Boolean);
    },
  };
}
