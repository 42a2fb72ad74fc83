/** A payment type that is markup, in a real browser: every page shows it as text, and the policy stops what is not. */
import { expect, test } from 'vitest';
import { NOW_S } from '../support/app.js';
import { describeDashboard } from '../support/dashboard.js';
import { commit, delivery } from '../support/deliveries.js';
import { type Dashboard, openDashboard, openSignedIn } from '../support/still-dashboard.js';

/** Of the 32 characters that a payment type may have. */
const HOSTILE = ['<img src=x onerror=alert(1)>', '<svg onload=alert(1)>', '"><script>alert(1)</script>'];
const PAGES = ['/', '/methods', '/payments', '/payments/1', '/riders', '/operations', '/settings'];

async function openHostile(): Promise<Dashboard> {
  const dashboard = await openDashboard();
  const hostile = HOSTILE.map((word, index) => {
    const words = { payment_type: word, raw_method: word, reference: word, user_id: word };
    return delivery({ payment_id: index + 1, logged_s: NOW_S - 60 * (index + 1), ...words });
  });
  await commit(dashboard.service.app.store, ...hostile);
  return dashboard;
}

describeDashboard('words of strangers', () => {
  test('run on no page, and load nothing', async () => {
    const dashboard = await openHostile();
    const { page, complaints } = await openSignedIn(dashboard, 'admin');
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    for (const path of PAGES) {
      await page.goto(path);
      await page.waitForLoadState('networkidle');
      expect([path, await page.locator('main [onerror], main [onload], main script').count()]).toEqual([
        path,
        0,
      ]);
      expect([path, await page.locator('main img[src="x"]').count()]).toEqual([path, 0]);
    }
    expect(complaints).toEqual([]);
    expect(asked.filter((url) => !url.startsWith(dashboard.url) && !url.startsWith('data:'))).toEqual([]);
    expect(asked.filter((url) => url.endsWith('/x'))).toEqual([]);
    await page.goto('/methods');
    await page
      .getByRole('rowheader', { name: HOSTILE[0] ?? '', exact: true })
      .first()
      .waitFor();
  });

  test('that reached a page as markup would be stopped by its policy, and it is shown in no frame', async () => {
    const dashboard = await openHostile();
    const { page, complaints } = await openSignedIn(dashboard, 'admin');
    await page.route('**/methods', async (route) => {
      const answer = await route.fetch();
      const body = (await answer.text()).replace('<body>', `<body>${HOSTILE.join('')}">`);
      await route.fulfill({ response: answer, body });
    });
    await page.goto('/methods');
    await page.waitForLoadState('networkidle');
    // Three scripts in three disguises, none of which came to an alert.
    expect(complaints.filter((text) => text.startsWith('script-src')).length).toBeGreaterThanOrEqual(3);
    expect(complaints.filter((text) => text === '1')).toEqual([]);
    await page.unroute('**/methods');
    await page.goto('/healthz');
    await page.setContent(`<iframe src="${dashboard.url}/"></iframe>`);
    await page.waitForLoadState('networkidle');
    const framed = page.frames().find((frame) => frame !== page.mainFrame());
    expect(await framed?.locator('main, form').count()).toBe(0);
  });
});
