/** The payments in a browser: each filter, paging, one payment's story, the download, and who sees them. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { NOW_S } from '../support/app.js';
import { describeDashboard } from '../support/dashboard.js';
import { commit, delivery } from '../support/deliveries.js';
import { type Dashboard, openDashboard, openSignedIn } from '../support/still-dashboard.js';

const SCRIPT = '<script>alert(1)</script>';
const TYPES = ['credit_card', 'mobile_payment', 'coins'] as const;

/** 60 payments, one an hour back from now: 20 of each type, of five riders, two an order, from 1.00 to 12.80. */
function payment(index: number) {
  const payment_type = TYPES[index % TYPES.length] ?? 'coins';
  return {
    payment_id: 1001 + index,
    user_id: `k7f30001_${String(index % 5).repeat(32)}`,
    order_id: 5001 + Math.floor(index / 2),
    payment_type,
    price_minor: 100 + index * 20,
    logged_s: NOW_S - index * 3_600,
    raw_method: payment_type,
    reference: `evt_${index}`,
    received_ms: (NOW_S - index * 3_600 + 3_725) * 1_000,
  };
}

const ALL = Array.from({ length: 60 }, (_, index) => payment(index));
type Sample = (typeof ALL)[number];

async function openWithPayments(): Promise<Dashboard> {
  const dashboard = await openDashboard();
  await commit(dashboard.service.app.store, ...ALL.map((one) => delivery(one)));
  return dashboard;
}

const table = (page: Page) => page.getByRole('region', { name: 'Payments, newest first' });

/** The ids of the rows, when none of them is of what was asked before. */
async function shownIds(page: Page): Promise<number[]> {
  await page.locator('[aria-busy="false"] tbody tr').first().waitFor();
  const texts = await table(page).locator('tbody th').allInnerTexts();
  return texts.map(Number);
}

const idsOf = (which: (one: Sample) => boolean): number[] =>
  ALL.filter(which).map(({ payment_id }) => payment_id);

/** Waits until the rows are these, which are at most a page of 50. */
async function expectRows(page: Page, ids: readonly number[]): Promise<void> {
  await expect.poll(() => shownIds(page)).toEqual(ids);
}

const query = (page: Page): Record<string, string> =>
  Object.fromEntries(new URL(page.url()).searchParams.entries());

async function download(page: Page): Promise<string[]> {
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download CSV' }).click(),
  ]);
  expect(file.suggestedFilename()).toBe('farelog-payments.csv');
  const chunks: Buffer[] = [];
  for await (const chunk of await file.createReadStream()) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8').trim().split(/\r?\n/);
}

describeDashboard('the payments', () => {
  test('each filter changes rows and address, a reload keeps them, and the download has the same rows', async () => {
    const dashboard = await openWithPayments();
    const { page, complaints } = await openSignedIn(dashboard, 'researcher', '/payments');
    const rider = ALL[2]?.user_id ?? '';
    const typed: readonly [
      label: string | RegExp,
      text: string,
      name: string,
      which: (one: Sample) => boolean,
    ][] = [
      ['Rider', rider, 'user_id', ({ user_id }) => user_id === rider],
      ['Order', '5010', 'order_id', ({ order_id }) => order_id === 5010],
      [/^Price from/, '10', 'min_price', ({ price_minor }) => price_minor >= 1_000],
      [/^Price to/, '2.40', 'max_price', ({ price_minor }) => price_minor <= 240],
    ];
    for (const [label, text, name, which] of typed) {
      await page.getByLabel(label, { exact: true }).fill(text);
      await page.getByRole('button', { name: 'Filter' }).click();
      await expectRows(page, idsOf(which));
      expect(query(page)).toEqual({ [name]: text });
      await page.reload();
      await expectRows(page, idsOf(which));
      expect(await page.getByLabel(label, { exact: true }).inputValue()).toBe(text);
      const [head, ...lines] = await download(page);
      expect(head).toMatch(/^payment_id,user_id,/);
      expect(lines.map((line) => Number(line.split(',')[0]))).toEqual(idsOf(which));
      await page.getByRole('button', { name: 'Clear' }).click();
      await expect.poll(() => query(page)).toEqual({});
    }
    await page.getByLabel('Type').selectOption('Coins');
    await expectRows(
      page,
      idsOf(({ payment_type }) => payment_type === 'coins'),
    );
    expect(query(page)).toEqual({ payment_type: 'coins' });
    await page.reload();
    await expectRows(
      page,
      idsOf(({ payment_type }) => payment_type === 'coins'),
    );
    // Today in Chicago began ten hours ago, where it is now 10 o'clock.
    await page.getByRole('button', { name: 'Range: Any time' }).click();
    await page.getByRole('button', { name: 'Today' }).click();
    const today = idsOf((one) => one.payment_type === 'coins' && one.logged_s >= NOW_S - 10 * 3_600);
    expect(today.length).toBeGreaterThan(0);
    await expectRows(page, today);
    expect(query(page)).toEqual({ payment_type: 'coins', range: 'today' });
    expect((await download(page)).slice(1).map((line) => Number(line.split(',')[0]))).toEqual(today);
    await page.goBack();
    await expectRows(
      page,
      idsOf(({ payment_type }) => payment_type === 'coins'),
    );
    expect(complaints).toEqual([]);
  });

  test('what cannot be asked for is said at its field, and what nothing is like leads back', async () => {
    const dashboard = await openWithPayments();
    const { page, complaints } = await openSignedIn(
      dashboard,
      'researcher',
      '/payments?min_price=5&max_price=2',
    );
    await page.getByText('Less than the lowest price').waitFor();
    expect(await page.getByRole('link', { name: 'Download CSV' }).count()).toBe(0);
    await page.getByLabel(/^Price to/).fill('5.00');
    await page.getByRole('button', { name: 'Filter' }).click();
    await expectRows(page, [1021]);
    await page.getByLabel('Order').fill('1');
    await page.getByRole('button', { name: 'Filter' }).click();
    await page.getByRole('button', { name: 'Show all payments' }).click();
    await expectRows(page, idsOf(() => true).slice(0, 50));
    expect(complaints).toEqual([]);
  });

  test('paging shows each row once, there and back, over a reload, and from an address that was sent', async () => {
    const dashboard = await openWithPayments();
    const { page, context, complaints } = await openSignedIn(dashboard, 'researcher', '/payments?rows=25');
    const pages = [0, 25, 50].map((start) => idsOf(() => true).slice(start, start + 25));
    const [first = [], second = [], third = []] = pages;
    const step = (name: string) => page.getByRole('button', { name, exact: true });
    await expectRows(page, first);
    expect(await step('Previous').isDisabled()).toBe(true);
    await step('Next').click();
    await expectRows(page, second);
    await step('Next').click();
    await expectRows(page, third);
    expect(await step('Next').isDisabled()).toBe(true);
    await page.reload();
    await expectRows(page, third);
    await page.getByText('Page 3').waitFor();
    // A payment that is opened and closed leaves the list as it was.
    await table(page).getByRole('link', { name: '1055', exact: true }).click();
    await page.getByRole('heading', { name: 'Payment 1055' }).waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => new URL(page.url()).pathname).toBe('/payments');
    await step('Previous').click();
    await expectRows(page, second);
    await step('Previous').click();
    await expectRows(page, first);
    await page.goBack();
    await expectRows(page, second);

    const sent = await context.newPage();
    await sent.goto(page.url());
    await expectRows(sent, second);
    expect(await sent.getByRole('button', { name: 'Previous' }).isDisabled()).toBe(true);
    await sent.getByRole('button', { name: 'Newest' }).click();
    await expectRows(sent, first);
    // Another filter begins at its first page.
    await page.getByLabel('Type').selectOption('Coins');
    await expectRows(
      page,
      idsOf(({ payment_type }) => payment_type === 'coins'),
    );
    expect(query(page)).toEqual({ rows: '25', payment_type: 'coins' });
    expect(complaints).toEqual([]);
  });

  test('one payment tells its whole story, and leads to its rider and its order', async () => {
    const dashboard = await openWithPayments();
    const { page, complaints } = await openSignedIn(dashboard, 'researcher', '/payments/1001');
    const dialog = page.getByRole('dialog', { name: 'Payment 1001' });
    const story = () => dialog.innerText();
    await dialog.getByText('How it came in').waitFor();
    // 15:00 UTC is 10 o'clock in Chicago, two days after its clocks went forward.
    for (const words of [
      '$1.00',
      'Credit card',
      'Tuesday, March 10, 2026, 10:00:00',
      'Tuesday, March 10, 2026, 11:02:05',
      'of America/Chicago',
      'Webhook of Bytemark',
      'credit_card',
      'evt_0',
      '1 hour 2 minutes after the payment',
    ]) {
      expect((await story()).replaceAll(/\s+/g, ' ')).toContain(words);
    }
    await dialog.getByRole('link', { name: 'All payments of this order' }).click();
    await expectRows(page, [1001, 1002]);
    expect(query(page)).toEqual({ order_id: '5001' });
    await page.goBack();
    await dialog.getByRole('link', { name: 'All payments of this rider' }).click();
    await expectRows(
      page,
      idsOf(({ user_id }) => user_id === ALL[0]?.user_id),
    );
    await page.goBack();
    await dialog.getByTitle(ALL[0]?.user_id ?? '').click();
    await page.getByRole('heading', { name: 'Rider 00000000…' }).waitFor();
    expect(complaints).toEqual([]);
  });

  test('a payment that there is not is told by the server’s own words, over the list', async () => {
    const dashboard = await openWithPayments();
    const { page } = await openSignedIn(dashboard, 'researcher', '/payments/4711');
    await page.getByText('No payment has the id 4711.').waitFor();
    await page.getByRole('button', { name: 'Close' }).click();
    await expect.poll(() => new URL(page.url()).pathname).toBe('/payments');
    await page.goto('/payments/x');
    await page.getByText('payment_id: must be a whole number').waitFor();
  });

  test('a list that fails says so and can be asked for again', async () => {
    const dashboard = await openWithPayments();
    const { page, context } = await openSignedIn(dashboard, 'researcher', '/');
    const problem = { type: 'about:blank', title: 'Broken', status: 500, detail: 'The disk is full.' };
    await context.route('**/api/v1/payments?*', (route) =>
      route.fulfill({ status: 500, contentType: 'application/problem+json', body: JSON.stringify(problem) }),
    );
    await page.getByRole('link', { name: 'Payments' }).click();
    await page.getByText('The disk is full.').waitFor();
    await context.unroute('**/api/v1/payments?*');
    await page.getByRole('button', { name: 'Try again' }).click();
    await expectRows(page, idsOf(() => true).slice(0, 50));
  });

  test('markup in a payment is text everywhere', async () => {
    const dashboard = await openDashboard();
    const hostile = { payment_type: SCRIPT, raw_method: SCRIPT, reference: SCRIPT, user_id: SCRIPT };
    await commit(dashboard.service.app.store, delivery({ payment_id: 7, ...hostile }));
    const { page, complaints } = await openSignedIn(dashboard, 'researcher', '/payments');
    await expectRows(page, [7]);
    expect(await table(page).innerText()).toContain(SCRIPT);
    await page.getByLabel('Type').selectOption(SCRIPT);
    await expect.poll(() => query(page)).toEqual({ payment_type: SCRIPT });
    await table(page).getByRole('link', { name: '7', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('How it came in').waitFor();
    expect((await dialog.innerText()).split(SCRIPT).length).toBeGreaterThan(3);
    expect(complaints).toEqual([]);
  });

  test('nothing recorded yet leads to how that changes; what comes in then is offered', async () => {
    const dashboard = await openDashboard();
    const { page, complaints } = await openSignedIn(dashboard, 'admin', '/payments');
    await page.getByText('No payment has been recorded yet').waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    await page.clock.setFixedTime(NOW_S * 1_000 + 5_000);
    await dashboard.service.post('/api/v1/payments', 'ingest', {
      payment_id: 1001,
      user_id: 'rider-1',
      order_id: 501,
      payment_type: 'credit_card',
      total_price: 2.5,
      logged_on: '2026-03-10T14:59:30Z',
    });
    await page.getByRole('button', { name: 'Load 1 new' }).click();
    await expectRows(page, [1001]);
    expect(complaints).toEqual([]);
  });

  test('an analyst is offered neither page, and told whom they are for', async () => {
    const dashboard = await openWithPayments();
    const { page, complaints } = await openSignedIn(dashboard, 'analyst', '/');
    const pages = page.getByRole('navigation', { name: 'Pages' });
    await pages.getByRole('link', { name: 'Overview' }).waitFor();
    expect(await pages.getByRole('link', { name: 'Payments' }).count()).toBe(0);
    expect(await pages.getByRole('link', { name: 'Riders' }).count()).toBe(0);
    for (const [path, name] of [
      ['/payments', 'Payments'],
      ['/payments/1001', 'Payments'],
      ['/riders', 'Riders'],
    ]) {
      await page.goto(path ?? '/');
      await page.getByText(`${name} is for the role researcher`).waitFor();
    }
    expect(complaints).toEqual([]);
  });
});
