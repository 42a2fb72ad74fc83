/** Reconciliation in a browser, against a provider in which differences are planted: what is shown, and what is decided. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { makeWorld } from '../../src/bytemark/sandbox/world.js';
import { openBrowser } from '../support/chromium.js';
import {
  type Dashboard,
  describeDashboard,
  openSignedIn,
  startDashboard,
  type Watched,
} from '../support/dashboard.js';
import { startSandbox, worldOf } from '../support/pulling.js';

const PAGE = '/reconciliation';
const WORLD = worldOf({
  dailyPayments: 12,
  internalAtZero: true,
  shares: { lost: 0.1, altered: 0.15, unlisted: 0.08, listed_twice: 0.04 },
});

/** A service beside a provider; by webhook has come what was not lost. */
async function besideProvider(): Promise<Dashboard> {
  const provider = await startSandbox({ world: WORLD });
  const { settings } = provider.client();
  const dashboard = await startDashboard({
    FARELOG_BYTEMARK_URL: settings.url,
    FARELOG_BYTEMARK_CLIENT_ID: settings.clientId,
    FARELOG_BYTEMARK_CLIENT_SECRET: settings.clientSecret,
    FARELOG_BYTEMARK_REQUESTS_PER_S: '1000',
  });
  await dashboard.deliver(...makeWorld(WORLD).onTime.map(({ body }) => JSON.parse(body)));
  return dashboard;
}

async function reconcile({ app }: Dashboard) {
  const { reconcile: run } = await app.writeSide();
  return run({ span: { ...WORLD.span } });
}

async function itemsOf({ url, keys }: Dashboard, query = ''): Promise<Record<string, unknown>[]> {
  const headers = { authorization: `Bearer ${keys.analyst}` };
  return Object(await (await fetch(`${url}/api/v1/reconciliations/items?${query}`, { headers })).json()).rows;
}

const open = async (dashboard: Dashboard, role: 'admin' | 'analyst', path = PAGE): Promise<Watched> =>
  openSignedIn(await openBrowser(), dashboard, role, path);

const dollars = (text: string): number => Math.round(Number(text.replace(/[^\d.-]/g, '')) * 100);
const tile = async (page: Page, name: string): Promise<string> =>
  await page.getByRole('article', { name }).locator('.figure-value').innerText();

describeDashboard('the page of reconciliation', () => {
  test('says that there is nothing yet, and how to begin', async () => {
    const dashboard = await startDashboard();
    const { page, expectQuiet } = await open(dashboard, 'admin');
    await page.getByText('Nothing has been reconciled yet').waitFor();
    await page.getByRole('button', { name: 'Reconcile …' }).click();
    await page.getByText('No provider is set here').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('tab', { name: 'Differences' }).click();
    await page.getByText('Nothing waits for a person').waitFor();
    expectQuiet();
  });

  test('starts a run, shows what both sides have to the cent, and what lies between', async () => {
    const dashboard = await besideProvider();
    const { page, expectQuiet } = await open(dashboard, 'admin');
    await page.getByRole('button', { name: 'Reconcile …' }).click();
    await page.getByLabel('First day').fill('2026-01-05');
    await page.getByLabel('Last day').fill('2026-01-08');
    await page.getByRole('button', { name: 'Reconcile these days' }).click();
    await page.waitForURL(/\/reconciliation\/1$/);
    await page.getByRole('heading', { level: 1, name: 'Jan 5, 2026 – Jan 8, 2026' }).waitFor();
    const difference = dollars(await tile(page, 'Difference'));
    expect(difference).toBe(dollars(await tile(page, 'Here')) - dollars(await tile(page, 'At the provider')));
    const between = page.getByRole('region', { name: 'Records and parts of the difference by category' });
    const parts = await between.locator('tbody td:nth-child(3)').allInnerTexts();
    expect(parts.filter((part) => part !== '–').reduce((sum, part) => sum + dollars(part), 0)).toBe(
      difference,
    );
    expect(dollars(await between.locator('tfoot td:nth-child(3)').innerText())).toBe(difference);

    const totals = page.getByRole('region', { name: 'Both sides’ totals' });
    for (const by of ['Days', 'Methods', 'Both']) {
      await page.getByRole('radio', { name: by }).check();
      expect(await totals.locator('tbody tr').count()).toBeGreaterThan(0);
      const last = totals.locator('tfoot td.is-figure').last();
      expect(dollars(await last.innerText())).toBe(difference);
    }
    const report = await page.request.get(`${dashboard.url}/api/v1/reconciliations/1/totals?format=csv`);
    expect(await report.text()).toContain('date,payment_type,payments_here');
    expectQuiet();
  });

  test('shows which field differs with both values; many or one are decided, and who did is told', async () => {
    const dashboard = await besideProvider();
    await reconcile(dashboard);
    const differing = await itemsOf(dashboard, 'kind=differs&status=open');
    expect(differing.length).toBeGreaterThan(2);
    const { page, expectQuiet } = await open(dashboard, 'admin', `${PAGE}?tab=differences&kind=differs`);
    const rows = page.getByRole('region', { name: 'Differences, newest first' }).locator('tbody tr');
    await rows.first().waitFor();
    expect(await rows.count()).toBe(differing.length);
    for (const [at, text] of (await rows.allInnerTexts()).entries()) {
      expect(text).toContain(String(differing[at]?.payment_id));
      expect(text).toMatch(/(Price|Method|Order|Rider|Paid) .*\s+(Price|Method|Order|Rider|Paid) /);
    }
    await rows.nth(0).getByRole('checkbox').check();
    await rows.nth(1).getByRole('checkbox').check();
    await page.getByText('2 chosen').waitFor();
    await page.getByRole('button', { name: 'Accept …' }).click();
    const asked = page.getByRole('dialog', { name: 'Accept 2 differences?' });
    await asked.getByRole('button', { name: 'Accept' }).click();
    await asked.getByText('Say why; it is kept.').waitFor();
    await asked.getByLabel('Why').fill('=dispute 41 <b>');
    await asked.getByRole('button', { name: 'Accept' }).click();
    await page.getByText('2 differences are accepted.').waitFor();
    const accepted = await itemsOf(dashboard, 'status=accepted');
    expect(accepted.map(({ id }) => id)).toEqual(differing.slice(0, 2).map(({ id }) => id));

    await page.getByLabel('Status').selectOption('accepted');
    await page.getByText('test admin').first().waitFor();
    expect(await rows.first().innerText()).toContain('=dispute 41 <b>');

    // One alone, from the difference itself.
    const [item] = await itemsOf(dashboard, 'kind=missing_there&status=open');
    await page.goto(`${dashboard.url}${PAGE}?tab=differences&kind=missing_there`);
    await page.getByRole('button', { name: String(item?.payment_id) }).click();
    const shown = page.getByRole('dialog', { name: `Payment ${item?.payment_id}: missing at the provider` });
    await shown.getByText('Not listed').waitFor();
    await shown.getByRole('button', { name: 'Ignore until …' }).click();
    const ignoring = page.getByRole('dialog', { name: 'Ignore 1 difference?' });
    await ignoring.getByLabel('Why').fill('ticket 17');
    await ignoring.getByRole('button', { name: 'Ignore' }).click();
    await page.getByText('1 difference is ignored.').waitFor();
    expect(await itemsOf(dashboard, 'status=ignored')).toMatchObject([{ id: item?.id, reason: 'ticket 17' }]);
    expectQuiet();
  });

  test('corrects what is missing at the provider and prices that differ, and nothing else', async () => {
    const dashboard = await besideProvider();
    await reconcile(dashboard);
    const missing = await itemsOf(dashboard, 'kind=missing_there');
    expect(missing.length).toBeGreaterThan(1);
    const { page, expectQuiet } = await open(
      dashboard,
      'admin',
      `${PAGE}?tab=differences&kind=missing_there`,
    );
    await page.getByLabel(`All ${missing.length} on this page`).check();
    await page.getByRole('button', { name: 'Correct …' }).click();
    const asked = page.getByRole('dialog', { name: `Correct ${missing.length} differences?` });
    await asked.getByLabel('Why').fill('ticket 18');
    await asked.getByRole('button', { name: 'Correct' }).click();
    await page.getByText(`${missing.length} differences are corrected.`).waitFor();
    expect(await itemsOf(dashboard, 'status=corrected')).toHaveLength(missing.length);
    const adjustments = await dashboard.app.store.knex('farelog_adjustments').select('kind', 'reason');
    expect(adjustments).toEqual(missing.map(() => ({ kind: 'void', reason: 'ticket 18' })));

    const differing = await itemsOf(dashboard, 'kind=differs');
    const fieldsOf = (item: Record<string, unknown>): string => JSON.stringify(item.fields);
    const price = differing.findIndex((item) => fieldsOf(item).includes('total_price'));
    const other = differing.findIndex((item) => !fieldsOf(item).includes('total_price'));
    expect([price, other]).not.toContain(-1);
    await page.goto(`${dashboard.url}${PAGE}?tab=differences&kind=differs`);
    const boxes = page.getByRole('region', { name: 'Differences, newest first' }).getByRole('checkbox');
    await boxes.nth(price).check();
    const correct = page.getByRole('button', { name: 'Correct …' });
    expect(await correct.isEnabled()).toBe(true);
    await boxes.nth(other).check();
    expect(await correct.isEnabled()).toBe(false);
    expectQuiet();
  });

  test('shows an analyst everything and lets decide nothing; what is too recent is no exception', async () => {
    const dashboard = await besideProvider();
    const { reconcile: run } = await dashboard.app.writeSide();
    // So long that everything which one side alone has is too recent.
    await run({ span: { ...WORLD.span }, pendingHours: 24 * 3_650 });
    const { page, expectQuiet } = await open(dashboard, 'analyst', `${PAGE}/1`);
    const between = page.getByRole('region', { name: 'Records and parts of the difference by category' });
    await between.getByText('Too recent to judge').waitFor();
    expect(await between.getByText('Missing here').count()).toBe(0);
    await page.getByRole('region', { name: 'Differences, newest first' }).waitFor();
    expect(await page.getByRole('checkbox').count()).toBe(0);
    expect(await page.getByRole('button', { name: /Accept|Reconcile/ }).count()).toBe(0);
    expectQuiet();
  });

  test('tells why a run failed, and of one that is not there', async () => {
    const dashboard = await startDashboard({
      FARELOG_BYTEMARK_URL: (await startSandbox({ world: WORLD })).client().settings.url,
      FARELOG_BYTEMARK_CLIENT_ID: 'farelog',
      FARELOG_BYTEMARK_CLIENT_SECRET: 'wrong',
    });
    await reconcile(dashboard).catch(() => undefined);
    const { page, expectQuiet } = await open(dashboard, 'analyst');
    await page.getByText('Failed', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'Jan 4, 2026' }).click();
    await page.getByText(/The provider gives no token/).waitFor();
    await page.goto(`${dashboard.url}${PAGE}/77`);
    await page.getByText('No reconciliation has the id 77.').waitFor();
    expectQuiet(404);
  });
});
