/** Traces as a collector receives them: the real exporter, the real process. */
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { Pool } from 'undici';
import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { signStandard } from '../../src/bytemark/signature.js';
import { wantsTraces } from '../../src/tracing.js';
import { paymentBody, SECRET, startProcess, temporaryFolder } from '../support/service.js';

const ATTRIBUTE = z.object({
  key: z.string(),
  value: z.object({ stringValue: z.string().optional(), intValue: z.coerce.number().optional() }),
});
const SPAN = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  kind: z.number(),
  startTimeUnixNano: z.coerce.bigint(),
  endTimeUnixNano: z.coerce.bigint(),
  attributes: z.array(ATTRIBUTE),
});
const EXPORT = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: z.array(ATTRIBUTE) }),
      scopeSpans: z.array(z.object({ spans: z.array(SPAN) })),
    }),
  ),
});
type Span = z.infer<typeof SPAN>;

interface Collector {
  readonly url: string;
  readonly spans: Span[];
  readonly services: Set<string | undefined>;
  /** Everything as it came, to look for what must not be in it. */
  readonly raw: string[];
}

async function startCollector(): Promise<Collector> {
  const spans: Span[] = [];
  const services = new Set<string | undefined>();
  const raw: string[] = [];
  const server = createServer(async (request, response) => {
    const body: unknown = await json(request);
    raw.push(JSON.stringify(body));
    for (const { resource, scopeSpans } of EXPORT.parse(body).resourceSpans) {
      services.add(resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue);
      for (const scope of scopeSpans) spans.push(...scope.spans);
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  server.listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the system gave no port');
  return { url: `http://127.0.0.1:${address.port}`, spans, services, raw };
}

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER = '00f067aa0ba902b7';

async function sendTraced(url: string, body: string): Promise<number> {
  const pool = new Pool(url);
  const headers = signStandard(SECRET, 'msg_1', Math.floor(Date.now() / 1000), body);
  const traceparent = `00-${TRACE_ID}-${CALLER}-01`;
  const answer = await pool.request({
    method: 'POST',
    path: '/webhooks/bytemark?secret=canary-query',
    headers: { 'content-type': 'application/json', traceparent, ...headers },
    body,
  });
  await answer.body.dump();
  await pool.destroy();
  return answer.statusCode;
}

describe('with an endpoint', () => {
  test('a delivery is one trace, the caller’s: request, verify, batch wait and commit, with nothing of a rider', async () => {
    const collector = await startCollector();
    const folder = temporaryFolder();
    const service = await startProcess({
      FARELOG_DATA_DIR: folder,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_SERVICE_NAME: 'fares-north',
    });
    const body = paymentBody(1).replace('rider-1', 'canary-rider');
    expect(body).toContain('canary-rider');
    expect(await sendTraced(service.url, body)).toBe(201);
    await fetch(`${service.url}/api/v1/analytics/spending/canary-path`);
    await fetch(`${service.url}/healthz`);
    expect(await service.stop()).toBe(0);

    const { spans } = collector;
    expect([...collector.services]).toEqual(['fares-north']);
    const trace = spans.filter(({ traceId }) => traceId === TRACE_ID);
    const named = (name: string): Span => {
      const found = trace.filter((span) => span.name === name);
      expect([name, found.length]).toEqual([name, 1]);
      const [span] = found;
      if (span === undefined) throw new Error(name);
      return span;
    };
    const request = named('POST /webhooks/bytemark');
    expect(request.parentSpanId).toBe(CALLER);
    const inside = ['verify', 'batch wait', 'commit'].map(named);
    expect(trace).toHaveLength(4);
    for (const span of inside) {
      expect(span.parentSpanId).toBe(request.spanId);
      expect(span.endTimeUnixNano >= span.startTimeUnixNano).toBe(true);
    }
    const [verify, wait, commit] = inside;
    expect((verify?.endTimeUnixNano ?? 0n) <= (wait?.endTimeUnixNano ?? 0n)).toBe(true);
    expect(wait?.endTimeUnixNano).toBe(commit?.startTimeUnixNano);
    expect(commit?.attributes).toEqual([{ key: 'farelog.batch.deliveries', value: { intValue: 1 } }]);
    const status = request.attributes.find(({ key }) => key === 'http.response.status_code');
    expect(status?.value.intValue).toBe(201);
    expect(spans.map(({ name }) => name)).toContain('GET /api/v1/analytics/spending/:user_id');
    expect(spans.map(({ name }) => name)).not.toContain('GET /healthz');
    expect(collector.raw.join()).not.toMatch(/canary|whsec|webhook-signature/);
  });

  test('the sampler is the environment’s', async () => {
    const collector = await startCollector();
    const service = await startProcess({
      FARELOG_DATA_DIR: temporaryFolder(),
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_TRACES_SAMPLER: 'always_off',
    });
    expect(await sendTraced(service.url, paymentBody(1))).toBe(201);
    expect(await service.stop()).toBe(0);
    expect(collector.spans).toEqual([]);
  });

  test('where nobody collects, payments are recorded and the stop ends with 0', async () => {
    const service = await startProcess({
      FARELOG_DATA_DIR: temporaryFolder(),
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
    });
    expect(await sendTraced(service.url, paymentBody(1))).toBe(201);
    expect(await service.stop()).toBe(0);
  });
});

test('without an endpoint nothing of it is loaded', async () => {
  const folder = temporaryFolder();
  // Notes at the end which modules of its SDK the process has.
  writeFileSync(
    join(folder, 'note.cjs'),
    `process.on('exit', () => require('node:fs').writeFileSync('loaded', Object.keys(require.cache).join('\\n')))`,
  );
  const loadedBy = async (more: Readonly<Record<string, string>>): Promise<boolean> => {
    const options = { NODE_OPTIONS: `--require ${join(folder, 'note.cjs')}` };
    const service = await startProcess({ FARELOG_DATA_DIR: folder, ...options, ...more });
    expect(await service.stop()).toBe(0);
    return /@opentelemetry.(core|sdk-trace|resources|exporter)/.test(
      readFileSync(join(folder, 'loaded'), 'utf8'),
    );
  };
  expect(await loadedBy({})).toBe(false);
  expect(await loadedBy({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' })).toBe(true);
});

describe('whether traces are wanted', () => {
  const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };
  test.each([
    ['nothing is set', {}, false],
    ['an endpoint is set', ENDPOINT, true],
    [
      'an endpoint of traces is set',
      { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://collector:4318/v1/traces' },
      true,
    ],
    [
      'an endpoint of metrics is set',
      { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://collector:4318' },
      false,
    ],
    ['the exporter is named, for the standard endpoint', { OTEL_TRACES_EXPORTER: 'otlp' }, true],
    ['the exporter is none', { ...ENDPOINT, OTEL_TRACES_EXPORTER: 'none' }, false],
    ['all of it is disabled', { ...ENDPOINT, OTEL_SDK_DISABLED: 'true' }, false],
    ['the endpoint is empty', { OTEL_EXPORTER_OTLP_ENDPOINT: '' }, false],
  ])('%s', (_name, environment, wanted) => {
    expect(wantsTraces(environment)).toBe(wanted);
  });
});
