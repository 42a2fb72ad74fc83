/** The page of studies in a browser: a question is chosen and asked, and its answer seen, told apart, and taken along. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openBrowser } from '../support/chromium.js';
import { type Dashboard, describeDashboard, openSignedIn, startDashboard } from '../support/dashboard.js';
import { delivery } from '../support/deliveries.js';
import { recordAll } from '../support/farelog.js';

const DAY_S = 86_400;
const HOSTILE = '<script>alert(1)</script>';
const dateOf = (second: number): string => new Date(second * 1000).toISOString().slice(0, 10);

/** Forty riders pay each second day of ten weeks, a few less after a fare rise in the middle. */
async function withFareRise(): Promise<Dashboard> {
  const dashboard = await startDashboard({ FARELOG_REPORT_TIMEZONE: 'UTC' });
  const { app } = dashboard;
  const today = Math.floor(app.clock() / 1000 / DAY_S);
  const first = today - 70;
  const payments = Array.from({ length: 70 }, (_, day) =>
    Array.from({ length: 40 }, (_, rider) => ({ day, rider })).filter(
      ({ rider }) => (rider + day) % 2 === 0 && (day < 35 || (rider * 7 + day) % 20 !== 0),
    ),
  ).flat();
  await recordAll(
    app,
    payments.map(({ day, rider }, i) =>
      delivery({
        payment_id: i + 1,
        user_id: `r${rider}`,
        payment_type: rider % 2 === 0 ? 'credit_card' : 'mobile_payment',
        price_minor: day < 35 ? 125 : 150,
        logged_s: (first + day) * DAY_S + 3_600 * (rider % 20),
      }),
    ),
  );
  const entry = { kind: 'fare', starts_on: dateOf((first + 35) * DAY_S), price_before_minor: 125 } as const;
  const by = { actor: 'test', operation: 'test' };
  await app.calendar.add({ ...entry, name: HOSTILE, price_after_minor: 150 }, by);
  return dashboard;
}

describeDashboard('the page of studies', () => {
  test('asks what was chosen, shows the answer beside the literature, and gives the same as files', async () => {
    const dashboard = await withFareRise();
    const { page, expectQuiet } = await openSignedIn(
      await openBrowser(),
      dashboard,
      'researcher',
      '/studies',
    );
    await page.getByRole('link', { name: /How much do payments change when the fare does/ }).click();
    await page.getByText('Nothing was asked yet').waitFor();
    await page.getByRole('option', { name: HOSTILE }).waitFor({ state: 'attached' });
    await page.getByLabel('Event', { exact: true }).selectOption({ index: 1 });
    await page.getByLabel('Segments', { exact: true }).selectOption('Method');
    await page.getByText('More options').click();
    await page.getByLabel('Before weeks').fill('5');
    await page.getByRole('button', { name: 'Ask' }).click();
    const answer = page.getByRole('region', { name: 'Answer' });
    await answer.getByText(/elasticity of −0\.\d+ \(95% interval/).waitFor();
    expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({
      ...{ event: '1', segments: 'method', before_weeks: '5', asked: '1' },
    });
    expect(await answer.innerText()).toContain(HOSTILE);
    expect(await page.locator('main script').count()).toBe(0);

    const beside = page.getByRole('region', { name: /Estimates with their intervals, beside what other/ });
    await beside.locator('.chart-canvas[data-drawn=true]').waitFor();
    await beside.getByRole('button', { name: /show as a table/ }).click();
    await beside.getByRole('rowheader', { name: 'Bly 1976' }).waitFor();
    await page.getByRole('heading', { name: 'Can the estimate be trusted?' }).waitFor();

    const downloading = page.waitForEvent('download');
    await page.getByRole('link', { name: /^Elasticities by segment.*, as CSV$/ }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toMatch(/^farelog-elasticity-[a-z-]+\.csv$/);
    const csv = readFileSync(await download.path(), 'utf8');
    const told = /elasticity of −(0\.\d+)/.exec(await answer.innerText())?.[1] ?? '';
    const main = csv.split('\r\n').find((line) => line.startsWith('all,log-arc,')) ?? '';
    expect(main.split(',').some((cell) => Number(cell).toFixed(told.length - 2) === `-${told}`)).toBe(true);
    expectQuiet();
  });

  test('says why there is no answer, and what is wrong with a question', async () => {
    const dashboard = await withFareRise();
    const path = '/studies/did?asked=1&segments=none';
    const { page, expectQuiet } = await openSignedIn(await openBrowser(), dashboard, 'researcher', path);
    await page.getByRole('region', { name: 'No answer here' }).getByText(/\S/).first().waitFor();
    await page.getByText('More options').click();
    await page.getByLabel('Level').fill('7');
    await page.getByRole('button', { name: 'Ask' }).click();
    await page
      .getByRole('alert')
      .getByText(/level: /)
      .waitFor();
    await page.getByLabel('Level').fill('0.9');
    await page.getByLabel('Event', { exact: true }).selectOption('A date …');
    await page.getByLabel('First day').fill('1999-01-01');
    await page.getByRole('button', { name: 'Ask' }).click();
    await page.getByText(/The event 1999-01-01 began on/).waitFor();
    expectQuiet(400);
  });
});
