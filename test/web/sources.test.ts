/** The page of sources in a browser: what each has brought, and how far pull and sync have read. */
import { expect, test } from 'vitest';
import { saveMeta } from '../../src/store/meta.js';
import { openBrowser } from '../support/chromium.js';
import { describeDashboard, openSignedIn, paid, startDashboard } from '../support/dashboard.js';

describeDashboard('the page of sources', () => {
  test('names every source, says which never brought a payment, and how to begin', async () => {
    const dashboard = await startDashboard();
    const { page, expectQuiet } = await openSignedIn(await openBrowser(), dashboard, 'analyst', '/sources');
    await page.getByText('Nothing was pulled yet.').waitFor();
    await page.getByText('No payment came in live in this range').waitFor();
    const table = page.getByRole('region', { name: 'Sources of payments' });
    expect(await table.getByRole('rowheader').count()).toBe(6);
    expect(await table.getByText('Never').count()).toBe(6);
    expectQuiet();
  });

  test('tells counts, what was refused, watermarks and the lag', async () => {
    const dashboard = await startDashboard();
    await dashboard.deliver(paid(1), paid(2), paid(2), paid(3, { amount: '-1' }));
    await saveMeta(dashboard.app.store, {
      ...{ pulled_source: 'https://bytemark.example/api#payments', pulled_until: '1773100000' },
      ...{ synced_source: 'portal at db.example', synced_id: '4711', synced_at: '1773150000' },
    });
    const { page, expectQuiet } = await openSignedIn(await openBrowser(), dashboard, 'analyst', '/sources');
    const webhook = page.getByRole('row').filter({ hasText: 'The provider sends each payment' });
    await webhook.getByText('25.0%').waitFor();
    expect(await webhook.getByRole('cell').allInnerTexts()).toEqual([
      expect.stringMatching(/ago|now/),
      ...['4', '2', '1', '0', '1', '25.0%'],
    ]);
    await page.getByText('4711').waitFor();
    await page.getByText(/Mar 9, 2026, 6:46 PM/).waitFor();
    expect(await page.getByRole('article', { name: 'Longest' }).innerText()).toMatch(/1 min/);
    expectQuiet();
  });

  test('is alarmed where it is unusually quiet', async () => {
    const dashboard = await startDashboard();
    // Twelve in the first minutes of this hour and the one before, in each of eight weeks, and none now. With an hour more
    // on either side, as the clock may have changed since.
    const hour = 3_600_000;
    const thisHour = Math.floor(Date.now() / hour) * hour;
    const times = Array.from({ length: 8 * 4 * 12 }, (_, index) => {
      const [week, before, minute] = [
        1 + Math.floor(index / 48),
        (index % 4) - 1,
        Math.floor((index % 48) / 4),
      ];
      return thisHour - week * 168 * hour - before * hour + minute * 60_000;
    });
    const payments = times.map((ms, index) => ({
      ...{ payment_id: index + 1, user_id: 'rider', order_id: 1, payment_type: 'coins', total_price: 1 },
      logged_on: new Date(ms).toISOString(),
    }));
    const recorded = await fetch(`${dashboard.url}/api/v1/payments`, {
      method: 'POST',
      headers: { authorization: `Bearer ${dashboard.keys.ingest}`, 'content-type': 'application/json' },
      body: JSON.stringify(payments),
    });
    expect(recorded.status).toBe(207);
    const { page, expectQuiet } = await openSignedIn(await openBrowser(), dashboard, 'analyst', '/sources');
    await page.getByRole('alert').getByText('Unusually quiet').waitFor();
    expectQuiet();
  });
});
