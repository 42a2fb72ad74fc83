/** The riders in a browser: how spending is spread, who is new, who spends most, and one of them. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { NOW_S } from '../support/app.js';
import { describeDashboard } from '../support/dashboard.js';
import { commit, delivery } from '../support/deliveries.js';
import { type Dashboard, openDashboard, openSignedIn } from '../support/still-dashboard.js';

const DAY_S = 86_400;
const RIDERS = 30;
const riderOf = (number: number): string => `k7f30001_${String(number).padStart(2, '0').repeat(16)}`;

/**
 * Rider n pays n dollars yesterday; the first ten paid a dollar forty days ago too, and so return. Rider 30 paid five
 * dollars in November.
 */
async function openWithRiders(): Promise<Dashboard> {
  const dashboard = await openDashboard();
  const numbers = Array.from({ length: RIDERS }, (_, index) => index + 1);
  const pay = (payment_id: number, rider: number, price_minor: number, daysAgo: number) =>
    delivery({
      payment_id,
      order_id: payment_id,
      user_id: riderOf(rider),
      price_minor,
      logged_s: NOW_S - daysAgo * DAY_S,
      received_ms: (NOW_S - daysAgo * DAY_S) * 1_000,
    });
  await commit(
    dashboard.service.app.store,
    ...numbers.map((rider) => pay(rider, rider, rider * 100, 1)),
    ...numbers.slice(0, 10).map((rider) => pay(100 + rider, rider, 100, 40)),
    pay(200, RIDERS, 500, 115),
  );
  return dashboard;
}

const figure = (page: Page, name: string) => page.getByRole('article', { name, exact: true });
const table = (page: Page, name: string) => page.getByRole('table', { name, exact: true });

async function topRiders(page: Page): Promise<string[]> {
  const titles = table(page, 'Top riders by spending').locator('tbody th [title^="k7f3"]');
  return await titles.evaluateAll((found) => found.map((element) => element.getAttribute('title') ?? ''));
}

const query = (page: Page): Record<string, string> =>
  Object.fromEntries(new URL(page.url()).searchParams.entries());

/** The most that is drawn, since a canvas shows no figures. */
const drawn = (page: Page) => page.locator('[data-drawn="true"]');

describeDashboard('the riders', () => {
  test('how spending is spread: figures, curve, quantiles, and one plain sentence', async () => {
    const { page, complaints } = await openSignedIn(await openWithRiders(), 'researcher', '/riders');
    // 1 to 30 dollars: 465 together, and 28 to 30, the tenth that spends most, are 87 of them.
    await expect.poll(() => figure(page, 'Riders').innerText()).toContain('30');
    expect(await figure(page, 'Spent by a rider').innerText()).toContain('$15.50');
    expect(await figure(page, 'Median rider').innerText()).toContain('$15.50');
    expect(await figure(page, 'Gini coefficient').innerText()).toContain('0.32');
    await page.getByText('The tenth of riders who spend most pay 18.7% of all that is spent').waitFor();
    const quantiles = await table(page, 'Quantiles of what a rider spends').innerText();
    expect(quantiles.replaceAll(/\s+/g, ' ')).toContain('Half of riders, up to $15.50');
    await expect.poll(() => drawn(page).count()).toBe(2);
    await page.getByRole('button', { name: 'Who pays how much of it: show as a table' }).click();
    const curve = await table(page, 'Who pays how much of it').innerText();
    expect(curve.replaceAll(/\s+/g, ' ')).toContain('90.0% 81.3%');
    expect(complaints).toEqual([]);
  });

  test('new and returning riders by day, week and month; the address keeps range and size', async () => {
    const { page, complaints } = await openSignedIn(
      await openWithRiders(),
      'researcher',
      '/riders?from=2026-01-01&to=2026-03-11',
    );
    await page.getByRole('radio', { name: 'Month' }).check();
    await expect.poll(() => query(page).period).toBe('monthly');
    const activity = async (): Promise<string> => {
      await page.getByRole('button', { name: 'New and returning riders: show as a table' }).click();
      return (await table(page, 'New and returning riders').innerText()).replaceAll(/\s+/g, ' ');
    };
    // Ten in January, all of them new; thirty in March, of whom those ten return, and the one of November.
    const expected = /January 2026 10 10 0 February 2026 0 0 0 March 2026 30 19 11/;
    await expect.poll(() => drawn(page).count()).toBe(2);
    expect(await activity()).toMatch(expected);
    await page.reload();
    await expect.poll(() => drawn(page).count()).toBe(2);
    expect(await activity()).toMatch(expected);
    expect(query(page)).toEqual({ from: '2026-01-01', to: '2026-03-11', period: 'monthly' });
    await page.getByRole('radio', { name: 'Day' }).check();
    await expect
      .poll(async () => (await table(page, 'New and returning riders').innerText()).replaceAll(/\s+/g, ' '))
      .toContain('Monday, March 9, 2026 30 19 11');
    expect(complaints).toEqual([]);
  });

  test('top riders: the highest first, each once over the pages', async () => {
    const { page, complaints } = await openSignedIn(await openWithRiders(), 'researcher', '/riders');
    const all = Array.from({ length: RIDERS }, (_, index) => riderOf(RIDERS - index));
    await expect.poll(() => topRiders(page)).toEqual(all.slice(0, 25));
    await page.getByRole('button', { name: 'Next' }).click();
    await expect.poll(() => topRiders(page)).toEqual(all.slice(25));
    expect(await page.getByRole('button', { name: 'Next' }).isDisabled()).toBe(true);
    await page.reload();
    await expect.poll(() => topRiders(page)).toEqual(all.slice(25));
    await page.getByRole('button', { name: 'Previous' }).click();
    await expect.poll(() => topRiders(page)).toEqual(all.slice(0, 25));
    await page.getByLabel('Rows').selectOption('50');
    await expect.poll(() => topRiders(page)).toEqual(all);
    expect(query(page)).toEqual({ rows: '50' });
    // Another range has other riders.
    await page.getByRole('button', { name: /^Range:/ }).click();
    await page.getByRole('button', { name: 'Today' }).click();
    await expect.poll(() => topRiders(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test('one rider: figures, months without gaps, and the payments', async () => {
    const rider = riderOf(RIDERS);
    const { page, context, complaints } = await openSignedIn(await openWithRiders(), 'researcher', '/riders');
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('link', { name: '30303030…' }).click();
    await page.getByRole('heading', { name: 'Rider 30303030…' }).waitFor();
    await expect.poll(() => figure(page, 'Spent').innerText()).toContain('$35.00');
    expect(await figure(page, 'Payments').innerText()).toContain('2');
    expect(await figure(page, 'Average price').innerText()).toContain('$5.00 to $30.00');
    expect(await figure(page, 'First payment').innerText()).toMatch(/Nov 15, 2025\s+latest Mar 9, 2026/);
    const months = (await table(page, 'Payments by month').innerText()).replaceAll(/\s+/g, ' ');
    expect(months).toContain(
      'March 2026 1 $30.00 February 2026 0 $0.00 January 2026 0 $0.00 December 2025 0 $0.00 November 2025 1 $5.00',
    );
    await expect.poll(() => drawn(page).count()).toBe(1);
    await page.getByRole('button', { name: /^Copy the id/ }).click();
    await page.getByText('The id was copied.').waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(rider);
    // The last 30 days have one of the payments; a reload keeps them.
    await page.getByRole('button', { name: 'Range: Any time' }).click();
    await page.getByRole('button', { name: 'Last 30 days' }).click();
    await expect.poll(() => figure(page, 'Spent').innerText()).toContain('$30.00');
    await page.reload();
    await expect.poll(() => figure(page, 'Spent').innerText()).toContain('$30.00');
    await page.getByRole('link', { name: 'This rider’s payments' }).click();
    const payments = table(page, 'Payments, newest first').locator('tbody th');
    await expect.poll(() => payments.allInnerTexts()).toEqual(['30', '200']);
    expect(query(page)).toEqual({ user_id: rider });
    expect(complaints).toEqual([]);
  });

  test('markup as a rider’s id is text, and a rider who never paid is told as such', async () => {
    const dashboard = await openDashboard();
    const hostile = '<script>alert(1)</script>';
    await commit(dashboard.service.app.store, delivery({ user_id: hostile, logged_s: NOW_S - DAY_S }));
    const { page, complaints } = await openSignedIn(dashboard, 'admin', '/riders');
    await table(page, 'Top riders by spending').getByRole('link').click();
    await page.getByText(hostile, { exact: true }).waitFor();
    await expect.poll(() => figure(page, 'Payments').innerText()).toContain('1');
    await page.goto('/riders/nobody');
    await page.getByText('No payment of this rider is known').waitFor();
    expect(complaints).toEqual([]);
  });

  test('nobody paid in the range: each part says so', async () => {
    const { page, complaints } = await openSignedIn(await openDashboard(), 'researcher', '/riders');
    await expect.poll(() => page.getByText('No riders in this range').count()).toBe(4);
    expect(complaints).toEqual([]);
  });
});
