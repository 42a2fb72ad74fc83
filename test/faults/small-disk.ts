/** A disk of a few megabytes, to be filled to its last byte and emptied again: a tmpfs, which takes root to mount. */
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from '../support/service.js';

export interface SmallDisk {
  readonly folder: string;
  /** Fills what is free, to the last byte. */
  fill(): void;
  /** Takes away what filled it. */
  empty(): void;
}

function run(program: string, ...words: readonly string[]): string | undefined {
  const { error, status, stderr } = spawnSync(program, words, { encoding: 'utf8' });
  return error?.message ?? (status === 0 ? undefined : stderr.trim());
}

function mount(megabytes: number): string {
  const folder = join(temporaryFolder(), 'disk');
  mkdirSync(folder);
  const failure = run('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m`, 'farelog-small-disk', folder);
  if (failure !== undefined) throw new Error(failure);
  return folder;
}

/** Why no small disk can be made here; undefined where one can. */
export function smallDiskMissing(): string | undefined {
  if (process.getuid?.() !== 0) return 'a small disk is mounted by root alone; run this as root';
  if (run('unshare', '--mount', 'mount', '-t', 'tmpfs', 'none', '/mnt') !== undefined)
    return 'mounting is not allowed here (in a container: --cap-add SYS_ADMIN)';
  return undefined;
}

const CHUNK = Buffer.alloc(2 ** 20);

export function smallDisk(megabytes: number): SmallDisk {
  const folder = mount(megabytes);
  onTestFinished(() => {
    run('umount', '--lazy', folder);
  });
  const ballast = join(folder, 'ballast');
  return {
    folder,
    fill: () => {
      for (;;) {
        try {
          appendFileSync(ballast, CHUNK);
        } catch (error) {
          if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return;
          throw error;
        }
      }
    },
    empty: () => rmSync(ballast),
  };
}
