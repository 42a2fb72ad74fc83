/** The page at /docs: complete, harmless, and in a real browser without a complaint, whatever screen it is on. */
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { docsPage } from '../../src/http/docs-page.js';
import { openTestApp, type TestApp } from '../support/app.js';
import { describeInChromium, openBrowser } from '../support/chromium.js';
import { published } from '../support/published.js';

async function listen({ server }: TestApp): Promise<string> {
  await server.listen({ host: '127.0.0.1', port: 0 });
  const address: AddressInfo | string | null = server.server.address();
  if (address === null || typeof address === 'string') throw new Error('the server does not listen');
  return `http://127.0.0.1:${address.port}`;
}

describe('the page', () => {
  test('has every operation with its parameters and its answers', async () => {
    const service = await openTestApp();
    const { operations } = await published(service);
    const { body, headers } = await service.server.inject({ method: 'GET', url: '/docs' });
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    for (const { operation, path } of operations) {
      expect(body).toContain(`<article id="${operation.operationId}">`);
      expect(body).toContain(`>${path}</span>`);
      for (const { name } of operation.parameters ?? []) expect(body).toContain(`<dt>${name}</dt>`);
    }
    expect(body).toContain('<dt>rows[].payment_id</dt>');
  });

  test('has no script, and no place to load anything from', async () => {
    const { server } = await openTestApp();
    const { body, headers } = await server.inject({ method: 'GET', url: '/docs' });
    expect(body).not.toMatch(/<script|javascript:|\son\w+=|\sstyle=/i);
    const places = [...body.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, place]) => place ?? '');
    expect(places.filter((place) => !/^(#\w+|\/api\/openapi\.json|data:,)$/.test(place))).toEqual([]);
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toContain('unsafe');
  });

  test('shows markup in a description as the text that it is', async () => {
    const service = await openTestApp();
    const { document } = await published(service);
    const payload = `<img src=x onerror="alert(1)">'&`;
    const altered = {
      ...document,
      info: { ...document.info, title: payload, description: `\`${payload}\`` },
    };
    const page = docsPage(altered);
    expect(page).not.toContain('<img');
    expect(page).toContain('<code>&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&#39;&amp;</code>');
  });
});

describeInChromium('in a browser', () => {
  test('it loads without a complaint and asks nobody else; on a phone nothing sticks out', async () => {
    const service = await openTestApp();
    const url = await listen(service);
    const browser = await openBrowser();
    for (const [width, colorScheme] of [
      [1280, 'light'],
      [1280, 'dark'],
      [375, 'light'],
      [375, 'dark'],
    ] as const) {
      const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme });
      const page = await context.newPage();
      const complaints: string[] = [];
      const asked: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('request', (request) => asked.push(request.url()));
      const answer = await page.goto(`${url}/docs`);
      expect(answer?.status()).toBe(200);
      await page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true');
      expect(complaints).toEqual([]);
      expect(asked).toEqual([`${url}/docs`]);
      const sizes = await page.evaluate<{ page: number; paper: string; weight: string }>(`({
        page: document.documentElement.scrollWidth,
        paper: getComputedStyle(document.body).backgroundColor,
        weight: getComputedStyle(document.querySelector('dt')).fontWeight,
      })`);
      expect(sizes.page).toBeLessThanOrEqual(width);
      expect(sizes.paper).toBe(colorScheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(16, 21, 27)');
      expect(sizes.weight).toBe('600');
      await context.close();
    }
  });

  test('its policy stops a script and a style that someone put into it', async () => {
    const service = await openTestApp();
    const url = await listen(service);
    const browser = await openBrowser();
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    await page.route('**/docs', async (route) => {
      const answer = await route.fetch();
      const body = (await answer.text()).replace(
        '</main>',
        '<script>document.title = "taken over"</script><p style="color: red">x</p></main>',
      );
      await route.fulfill({ response: answer, body });
    });
    await page.goto(`${url}/docs`);
    expect(await page.title()).toMatch(/^Farelog API/);
    expect(complaints.filter((text) => text.includes('Content Security Policy'))).toHaveLength(2);
  });
});
