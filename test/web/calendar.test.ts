/** The calendar in a browser: kept in the settings, marked on the overview. */
import { expect, test } from 'vitest';
import { openBrowser } from '../support/chromium.js';
import { describeDashboard, openSignedIn, paid, startDashboard } from '../support/dashboard.js';

const dateOf = (ms: number): string =>
  new Intl.DateTimeFormat('sv', { timeZone: 'America/Chicago' }).format(ms);

describeDashboard('the calendar', () => {
  test('is kept in the settings, where all that is wrong is told, and marked on the overview', async () => {
    const dashboard = await startDashboard();
    await dashboard.deliver(paid(1), paid(2, { amount: '10.00' }));
    const { page, expectQuiet } = await openSignedIn(await openBrowser(), dashboard, 'admin', '/settings');
    await page.getByText('Nothing is in the calendar').waitFor();
    await page.getByRole('button', { name: 'Add an entry' }).click();
    const form = page.getByRole('dialog', { name: 'Add an entry' });
    await form.getByRole('button', { name: 'Keep it' }).click();
    await form.getByText('name must say what happened').waitFor();
    await form.getByText(/price_after_minor must say the price/).waitFor();
    await form.getByLabel('What').fill('<b>Single fare</b> rises');
    await form.getByLabel('First day').fill(dateOf(Date.now() - 5 * 86_400_000));
    await form.getByLabel('Ends before').fill(dateOf(Date.now() - 2 * 86_400_000));
    await form.getByLabel('Price before, USD').fill('1.255');
    await form.getByText('must be a price such as 1.50').waitFor();
    await form.getByLabel('Price before, USD').fill('1.25');
    await form.getByLabel('Price after, USD').fill('1.50');
    await form.getByRole('button', { name: 'Keep it' }).click();
    await page.getByRole('rowheader', { name: '<b>Single fare</b> rises' }).waitFor();
    await page.getByText('1.25 → 1.50').waitFor();

    await page.goto(`${dashboard.url}/`);
    const marks = page.getByRole('list', { name: 'Marked in the chart' });
    await marks.getByText('<b>Single fare</b> rises').waitFor();
    const chart = page.getByRole('region', { name: 'Revenue over time' });
    await chart.locator('.chart-canvas[data-drawn=true]').waitFor();
    const box = await chart.locator('.chart-pointer').boundingBox();
    if (box === null) throw new Error('the chart has no place');
    // Four days before today, of 30 and the one that goes on.
    const x = box.x + 60 + (box.width - 68) * (27 / 31);
    await page.mouse.move(x, box.y + 200);
    await chart.locator('.mark-tip').getByText('<b>Single fare</b> rises').waitFor();

    await page.goto(`${dashboard.url}/settings`);
    await page.getByRole('button', { name: 'Take out <b>Single fare</b> rises' }).click();
    await page.getByRole('button', { name: 'Take it out' }).click();
    await page.getByText('Nothing is in the calendar').waitFor();
    expect(await dashboard.app.calendar.entries()).toEqual([]);
    expectQuiet(422);
  });
});
