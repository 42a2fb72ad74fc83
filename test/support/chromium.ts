/** A real browser for tests of pages: the Chromium that is installed, asking nobody but the service under test. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { onTestFinished } from 'vitest';

export const CHROMIUM_MISSING = 'browser tests skipped: install Chromium with `apt-get install chromium`';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

function findChromium(): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/local/bin'];
  return folders
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

const executablePath = findChromium();

export const hasChromium = executablePath !== undefined;
if (!hasChromium) console.error(`\n${CHROMIUM_MISSING}\n`);

/** A browser that is closed after the test. */
export async function openBrowser(): Promise<Browser> {
  if (executablePath === undefined) throw new Error(CHROMIUM_MISSING);
  const browser = await chromium.launch({ executablePath, args: ARGUMENTS });
  onTestFinished(() => browser.close());
  return browser;
}
