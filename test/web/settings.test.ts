/** The settings in a browser: a key is made, shown once, works, is revoked and then does not. */
import { expect, test } from 'vitest';
import { openBrowser } from '../support/chromium.js';
import { type Dashboard, describeDashboard, openSignedIn, startDashboard } from '../support/dashboard.js';

const SETTINGS = '/settings';
/** For how long a key that was found is believed, and a little more. */
const BELIEVED_MS = 2_200;

async function answerTo({ url }: Dashboard, key: string): Promise<number> {
  const headers = { authorization: `Bearer ${key}` };
  return (await fetch(`${url}/api/v1/analytics/methods`, { headers })).status;
}

describeDashboard('the settings', () => {
  test('are for administrators', async () => {
    const dashboard = await startDashboard();
    const { page, expectQuiet } = await openSignedIn(await openBrowser(), dashboard, 'analyst', SETTINGS);
    await page.getByText('Settings is for the role admin').waitFor();
    expectQuiet();
  });

  test('tell who is signed in, the zone, the currency and the version', async () => {
    const dashboard = await startDashboard();
    const { page, expectQuiet } = await openSignedIn(await openBrowser(), dashboard, 'admin', SETTINGS);
    const told = await page.getByRole('region', { name: 'This Farelog' }).innerText();
    for (const one of ['test admin', 'America/Chicago', 'USD', '0.1.0']) expect(told).toContain(one);
    expectQuiet();
  });

  test('make a key that is shown once, works, is revoked and then does not', async () => {
    const dashboard = await startDashboard();
    const { page, expectQuiet } = await openSignedIn(await openBrowser(), dashboard, 'admin', SETTINGS);
    await page.getByRole('button', { name: 'Make a key' }).click();
    const form = page.getByRole('dialog', { name: 'Make a key' });
    await form.getByLabel('Name').fill('<b>Finance</b>');
    await form.getByLabel('Role').selectOption('Analyst: figures');
    await form.getByLabel('Ends').selectOption('In 30 days');
    await form.getByRole('button', { name: 'Make the key' }).click();

    await page.getByText('It is shown this once.').waitFor();
    const key = await page.getByLabel('The key', { exact: true }).inputValue();
    expect(key).toMatch(/^farelog_[\w-]{43}$/);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(key);
    await page.getByRole('button', { name: 'I have kept it' }).click();
    await page.getByRole('rowheader', { name: '<b>Finance</b>' }).waitFor();
    expect(await page.content()).not.toContain(key);
    expect(await answerTo(dashboard, key)).toBe(200);

    await page.getByRole('button', { name: 'Revoke the key <b>Finance</b>' }).click();
    const asked = page.getByRole('dialog', { name: 'Revoke “<b>Finance</b>”?' });
    await asked.getByRole('button', { name: 'Cancel' }).click();
    expect(await answerTo(dashboard, key)).toBe(200);
    await page.getByRole('button', { name: 'Revoke the key <b>Finance</b>' }).click();
    await asked.getByRole('button', { name: 'Revoke for good' }).click();
    await page.getByText('The key “<b>Finance</b>” is revoked.').waitFor();
    dashboard.ahead.ms += BELIEVED_MS;
    expect(await answerTo(dashboard, key)).toBe(401);
    const changes = page.getByRole('region', { name: 'Changes of keys' });
    await changes.getByText('Revoked a key').waitFor();
    expectQuiet();
  });

  test('do not revoke the last admin key, and say why', async () => {
    const dashboard = await startDashboard();
    const { page, expectQuiet } = await openSignedIn(await openBrowser(), dashboard, 'admin', SETTINGS);
    await page.getByRole('button', { name: 'Revoke the key test admin' }).click();
    await page.getByRole('button', { name: 'Revoke for good' }).click();
    await page.getByText(/This is the last admin key that is valid/).waitFor();
    expect(await answerTo(dashboard, dashboard.keys.admin)).toBe(200);
    expectQuiet(409);
  });
});
