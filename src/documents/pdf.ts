/**
 * The page as a PDF, printed by a Chromium that is installed: the one program that lays out the page as people see it.
 *
 * It runs for one page, in a folder of its own that is gone afterwards, asks for nothing on the network, and is ended
 * when it takes too long. The page has no script and a policy that forbids every request.
 */
import { execFile } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { PaymentReport } from '../analytics/report.js';
import { AppError, messageOf } from '../domain/errors.js';
import { reportHtml } from './html.js';
import type { Paper } from './style.js';

export interface PdfOptions {
  /** The setting `FARELOG_CHROMIUM`; null: look for a browser. */
  readonly chromium: string | null;
  readonly paper?: Paper | undefined;
  readonly timeoutMs?: number | undefined;
}

const DEFAULT_TIMEOUT_MS = 60_000;
const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const WAY_OUT =
  'Install one (`apt-get install chromium`), name one in FARELOG_CHROMIUM, or take another format (--format html).';

/** @throws AppError `settings` where there is no browser, `unavailable` where it made no PDF */
export async function reportPdf(report: PaymentReport, options: PdfOptions): Promise<Uint8Array> {
  const program = findChromium(options.chromium);
  const html = reportHtml(report, { paper: options.paper ?? 'Letter' });
  const folder = await mkdtemp(join(tmpdir(), 'farelog-pdf-'));
  try {
    return await printed(program, html, folder, options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  } finally {
    // A browser that was ended may still write for a moment.
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/** Where Debian has it, whatever the PATH of a service is. */
const searchPath = (): string => ['/usr/bin', process.env.PATH ?? ''].join(delimiter);

/** The browser to print with: the setting's, else the first that is found in the folders of `path`. */
export function findChromium(setting: string | null, path = searchPath()): string {
  const folders = path.split(delimiter).filter(isAbsolute);
  const places = (program: string): string[] => folders.map((folder) => join(folder, program));
  if (setting !== null) {
    const found = (isAbsolute(setting) ? [setting] : places(setting)).find(isProgram);
    if (found !== undefined) return found;
    throw new AppError(
      'settings',
      `FARELOG_CHROMIUM names ${setting}, which is no program here. A PDF is printed by Chromium. ${WAY_OUT}`,
    );
  }
  const found = PROGRAMS.flatMap(places).find(isProgram);
  if (found !== undefined) return found;
  throw new AppError('settings', `A PDF is printed by Chromium, and none is installed. ${WAY_OUT}`);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

function programArguments(folder: string, page: string, pdf: string): string[] {
  // Its sandbox refuses to run as root; what it opens is our own page, without script.
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return [
    '--headless',
    ...asRoot,
    '--disable-gpu',
    '--disable-quic',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-default-apps',
    '--disable-dev-shm-usage',
    '--disable-extensions',
    '--disable-sync',
    '--no-first-run',
    '--no-default-browser-check',
    '--no-pdf-header-footer',
    `--user-data-dir=${join(folder, 'profile')}`,
    `--print-to-pdf=${pdf}`,
    pathToFileURL(page).href,
  ];
}

async function printed(
  program: string,
  html: string,
  folder: string,
  timeoutMs: number,
): Promise<Uint8Array> {
  const page = join(folder, 'report.html');
  const pdf = join(folder, 'report.pdf');
  await writeFile(page, html, { mode: 0o600 });
  try {
    await promisify(execFile)(program, programArguments(folder, page, pdf), {
      cwd: folder,
      // What it keeps of its own goes into the folder too. It needs no setting and no secret of ours.
      env: { PATH: process.env.PATH, LANG: 'en_US.UTF-8', HOME: folder, TMPDIR: folder },
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    });
    const bytes = await readFile(pdf);
    if (bytes.subarray(0, 5).toString('latin1') !== '%PDF-') throw new Error('it wrote no PDF');
    return bytes;
  } catch (error) {
    const why = wasEnded(error) ? `it took longer than ${timeoutMs / 1000} s` : messageOf(error);
    throw new AppError('unavailable', `${program} made no PDF: ${why}`, { cause: error });
  }
}

function wasEnded(error: unknown): boolean {
  return error instanceof Error && 'killed' in error && error.killed === true;
}
