/** The page of methods in a browser: shares, switching, and words of strangers that are text and nothing else. */
import { expect, test } from 'vitest';
import { openBrowser } from '../support/chromium.js';
import { describeDashboard, openSignedIn, paid, startDashboard } from '../support/dashboard.js';

const SCRIPT = '<script>alert(1)</script>';

/** Twelve riders who pay by phone and then by card. */
function switchers(): Record<string, unknown>[] {
  const rider = (number: number, step: number, payment_method: string) =>
    paid(100 * step + number, {
      user_id: `switcher-${number}`,
      payment_method,
      timestamp: new Date(Date.now() - (10 - step) * 60_000).toISOString(),
    });
  return Array.from({ length: 12 }, (_, number) => [
    rider(number, 1, 'apple_pay'),
    rider(number, 2, 'credit_card'),
  ]).flat();
}

describeDashboard('the page of methods', () => {
  test('shows each method with its share, and a stored script as text', async () => {
    const dashboard = await startDashboard({ FARELOG_PAYMENT_TYPES: `strange=${SCRIPT}` });
    expect(new Set(await dashboard.deliver(...switchers()))).toEqual(new Set([201]));
    expect(await dashboard.deliver(paid(999, { payment_method: 'strange' }))).toEqual([201]);
    const { page, expectQuiet } = await openSignedIn(await openBrowser(), dashboard, 'analyst', '/methods');
    const table = page.getByRole('region', { name: 'Payment methods' });
    await table.getByRole('rowheader', { name: 'Credit card' }).waitFor();
    expect(await table.getByRole('row').filter({ hasText: 'Credit card' }).innerText()).toContain('48.0%');
    await page.locator('.chart-canvas[data-drawn=true]').nth(1).waitFor();
    await table.getByRole('rowheader', { name: SCRIPT }).waitFor();
    expect(await page.locator('main script').count()).toBe(0);
    expectQuiet();
  });

  test('holds what was chosen in its address', async () => {
    const dashboard = await startDashboard();
    await dashboard.deliver(...switchers());
    const { page, expectQuiet } = await openSignedIn(await openBrowser(), dashboard, 'analyst', '/methods');
    await page.getByLabel('Share of', { exact: true }).selectOption('Of payments');
    await page.getByRole('radio', { name: 'Week' }).check();
    await page.getByRole('radio', { name: 'With those who stay' }).check();
    await page.waitForURL(/flow=all/);
    const address = new URL(page.url()).searchParams;
    expect(Object.fromEntries(address)).toEqual({ of: 'payments', period: 'weekly', flow: 'all' });
    await page.reload();
    await page.getByText('Of all payments, by week.').waitFor();
    expectQuiet();
  });

  test('tells switching as flows, as their table and as a matrix', async () => {
    const dashboard = await startDashboard();
    await dashboard.deliver(...switchers());
    const { page, expectQuiet } = await openSignedIn(await openBrowser(), dashboard, 'analyst', '/methods');
    await page
      .getByRole('img', { name: /the largest is from Mobile payment to Credit card, 12 times/ })
      .waitFor();
    await page.getByRole('button', { name: 'Switching: show as a table' }).click();
    const flows = page.getByRole('region', { name: 'Switching' }).getByRole('row');
    expect(await flows.last().innerText()).toMatch(/Mobile payment\s+Credit card\s+12\s+12\s+100\.0%/);
    const matrix = page.getByRole('region', { name: 'From one method to the next' });
    expect(await matrix.getByTitle('12 times, by 12 riders').innerText()).toBe('100.0%');
    expectQuiet();
  });

  test('says why a range is too long for switching, and the way out', async () => {
    const dashboard = await startDashboard();
    await dashboard.deliver(...switchers());
    const path = '/methods?from=2026-01-01';
    const { page, expectQuiet } = await openSignedIn(await openBrowser(), dashboard, 'analyst', path);
    await page.getByText('Switching is counted over at most 92 days').waitFor();
    await page.getByRole('button', { name: 'Show the last 90 days' }).click();
    await page.getByRole('img', { name: /Flows between payment methods/ }).waitFor();
    expectQuiet();
  });
});
