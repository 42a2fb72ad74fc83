/** The page of operations in a browser: who sees what of it, and what is done with the quarantine. */
import { describe, expect, test } from 'vitest';
import { openBrowser } from '../support/chromium.js';
import {
  type Dashboard,
  describeDashboard,
  openSignedIn,
  pagesOf,
  paid,
  startDashboard,
} from '../support/dashboard.js';

const HOUR_MS = 3_600_000;
const QUARANTINE = '/operations?tab=quarantine';

/** An hour ahead: it is refused now, and valid once the hour is over. */
const ahead = () => paid(7001, { timestamp: new Date(Date.now() + HOUR_MS).toISOString() });

async function statusOf({ url, keys }: Dashboard, id: number): Promise<unknown> {
  const headers = { authorization: `Bearer ${keys.admin}` };
  const answer = await fetch(`${url}/api/v1/quarantine/${id}`, { headers });
  return Object(await answer.json()).status;
}

describeDashboard('the page of operations', () => {
  describe.each([
    ['analyst', ['Overview', 'Methods', 'Operations'], []],
    ['researcher', ['Overview', 'Methods', 'Operations'], []],
    ['admin', ['Overview', 'Methods', 'Operations', 'Settings'], ['Capture', 'Quarantine', 'Audit']],
  ] as const)('for the role %s', (role, pages, tabs) => {
    test('is in the navigation, with the parts that the role may see', async () => {
      const dashboard = await startDashboard();
      const { page, expectQuiet } = await openSignedIn(await openBrowser(), dashboard, role, QUARANTINE);
      await page.getByRole('heading', { name: 'Operations' }).waitFor();
      expect(await pagesOf(page)).toEqual(expect.arrayContaining([...pages]));
      expect((await pagesOf(page)).includes('Settings')).toBe(role === 'admin');
      expect(await page.getByRole('tab').allTextContents()).toEqual(tabs);
      expectQuiet();
    });
  });

  test('is not for a key that records, whose navigation is empty', async () => {
    const dashboard = await startDashboard();
    const { page, expectQuiet } = await openSignedIn(await openBrowser(), dashboard, 'ingest', '/operations');
    await page.getByText('Operations is for the role analyst').waitFor();
    expect(await pagesOf(page)).toEqual([]);
    expectQuiet();
  });

  test('tells how deliveries ended, why some were refused, and that silence is not known yet', async () => {
    const dashboard = await startDashboard();
    await dashboard.deliver(
      paid(1),
      paid(2),
      paid(2),
      paid(2, { amount: '9.99' }),
      paid(3, { amount: '-1' }),
    );
    const { page, expectQuiet } = await openSignedIn(
      await openBrowser(),
      dashboard,
      'analyst',
      '/operations',
    );
    await page.getByText('Not known yet', { exact: true }).waitFor();
    const tile = async (name: string) => await page.getByRole('article', { name }).innerText();
    expect(await tile('Recorded')).toMatch(/2\s+40\.0% of all/);
    expect(await tile('Contradicts')).toMatch(/1\s+20\.0% of all/);
    await page.getByRole('rowheader', { name: 'The price is below 0' }).waitFor();
    await page.getByRole('rowheader', { name: 'The price differs from the payment' }).waitFor();
    const lags = page.getByRole('region', { name: 'Time from payment to capture' });
    expect(await lags.getByRole('row').last().innerText()).toMatch(/Mobile payment\s+2\s+1 min/);
    expectQuiet();
  });

  test('replays a delivery whose cause is mended, and says what became of it', async () => {
    const dashboard = await startDashboard();
    expect(await dashboard.deliver(ahead())).toEqual([202]);
    const { page, expectQuiet } = await openSignedIn(await openBrowser(), dashboard, 'admin', QUARANTINE);
    await page.getByRole('button', { name: 'Look at delivery 1' }).click();
    await page.getByText('"payment_id":7001').waitFor();
    expect(page.url()).toContain('item=1');
    await page.getByRole('button', { name: 'Replay …' }).click();
    const asked = page.getByRole('dialog', { name: 'Replay delivery 1?' });
    await asked.getByRole('button', { name: 'Replay' }).click();
    await asked.getByText('The delivery still cannot be recorded').waitFor();
    expect(await statusOf(dashboard, 1)).toBe('open');

    dashboard.ahead.ms = HOUR_MS;
    await asked.getByRole('button', { name: 'Replay' }).click();
    await page.getByText('Delivery 1 is recorded as payment 7001.').waitFor();
    await page.getByText('Nothing is in quarantine').waitFor();
    expect(await statusOf(dashboard, 1)).toBe('replayed');
    await page.getByLabel('Status').selectOption('Replayed');
    await page.getByRole('rowheader', { name: /logged_on is more than/ }).waitFor();
    expectQuiet(422);
  });

  test('asks before it discards, and does nothing where it is not confirmed', async () => {
    const dashboard = await startDashboard();
    await dashboard.deliver(paid(7002, { amount: '-2.50', payment_method: '<script>alert(1)</script>' }));
    const path = `${QUARANTINE}&item=1`;
    const { page, expectQuiet } = await openSignedIn(await openBrowser(), dashboard, 'admin', path);
    await page.getByText('<script>alert(1)</script>').waitFor();
    await page.getByRole('button', { name: 'Discard …' }).click();
    const asked = page.getByRole('dialog', { name: 'Discard delivery 1?' });
    await asked.getByRole('button', { name: 'Cancel' }).click();
    expect(await statusOf(dashboard, 1)).toBe('open');
    await page.getByRole('button', { name: 'Discard …' }).click();
    await asked.getByRole('button', { name: 'Discard for good' }).click();
    await page.getByText('Delivery 1 is discarded, and its payload erased.').waitFor();
    expect(await statusOf(dashboard, 1)).toBe('discarded');
    expectQuiet();
  });

  test('writes each look into the audit, and shows it', async () => {
    const dashboard = await startDashboard();
    await dashboard.deliver(paid(7003, { amount: '-2.50' }));
    const path = `${QUARANTINE}&item=1`;
    const { page, expectQuiet } = await openSignedIn(await openBrowser(), dashboard, 'admin', path);
    await page.getByText('"payment_id":7003').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('tab', { name: 'Audit' }).click();
    await page.getByLabel('What was done').selectOption('Looked at a delivery in quarantine');
    await page.waitForURL(/action=quarantine\.read/);
    const row = page.getByRole('row').filter({ hasText: 'GET /api/v1/quarantine/:id' });
    await row.first().waitFor();
    expect(await row.allInnerTexts()).toEqual([expect.stringContaining('test admin')]);
    expectQuiet();
  });
});
