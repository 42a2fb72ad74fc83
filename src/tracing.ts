/**
 * Traces by OpenTelemetry, configured by its own standard variables (`OTEL_EXPORTER_OTLP_ENDPOINT` and others).
 *
 * Without an endpoint nothing of it is loaded, and no hook, no wrapper and no context is there. With one, a request is a
 * span, and below it the check of its signature, its wait for a batch and the batch's transaction; a posting is a trace
 * of its own. A caller's `traceparent` is continued. Attributes name routes, counts and statuses; never an address with
 * its ids, a header, a body or a rider.
 *
 * A batch is shared, so its span is told to each delivery's trace, with the times of the one transaction.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Context, Span, Tracer } from '@opentelemetry/api';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Environment } from './config.js';
import { AppError, codeOf } from './domain/errors.js';
import { version } from './http/version.js';
import type { Entry } from './ingest/door.js';
import type { WriteListener } from './ingest/write-signals.js';
import type { Logger } from './log.js';

export interface Tracing {
  /** Told of deliveries, batches and postings. */
  readonly listener: WriteListener;
  /** Makes a span of each request. */
  readonly onServer: (server: FastifyInstance) => void;
  /** Runs `work` as a span of the request it belongs to. */
  readonly span: <T>(name: string, work: () => T) => T;
  /** Sends what is left. */
  close(): Promise<void>;
}

/** Of one export with its retries, unless the environment says otherwise: a stop waits for the last one. */
const EXPORT_WITHIN_MS = 3_000;

const SUPPORTED_PROTOCOL = 'http/json';
const PACKAGES =
  '@opentelemetry/api @opentelemetry/core @opentelemetry/resources @opentelemetry/sdk-trace-base ' +
  '@opentelemetry/exporter-trace-otlp-http';

/** Whether the environment asks for traces. */
export function wantsTraces(environment: Environment): boolean {
  const read = (name: string): string => environment[name]?.trim() ?? '';
  if (read('OTEL_SDK_DISABLED').toLowerCase() === 'true') return false;
  const exporter = read('OTEL_TRACES_EXPORTER');
  if (exporter !== '') return exporter.split(',').includes('otlp');
  return read('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') !== '' || read('OTEL_EXPORTER_OTLP_ENDPOINT') !== '';
}

/** Undefined where no traces are asked for. @throws AppError `settings` where the packages are not installed */
export async function openTracing(environment: Environment, logger: Logger): Promise<Tracing | undefined> {
  if (!wantsTraces(environment)) return undefined;
  const protocol = environment.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL || environment.OTEL_EXPORTER_OTLP_PROTOCOL;
  if (protocol && protocol !== SUPPORTED_PROTOCOL) {
    logger.warn(
      `Traces are sent as ${SUPPORTED_PROTOCOL}, which every collector takes, and not as ${protocol}`,
    );
  }
  const packages = await loadPackages();
  return startTracing(packages, environment, logger);
}

async function loadPackages() {
  try {
    const [api, core, resources, sdk, exporter] = await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/core'),
      import('@opentelemetry/resources'),
      import('@opentelemetry/sdk-trace-base'),
      import('@opentelemetry/exporter-trace-otlp-http'),
    ]);
    return { api, core, resources, sdk, exporter };
  } catch (error) {
    throw new AppError(
      'settings',
      `Traces are asked for by OTEL_… variables, but OpenTelemetry is not installed: npm install ${PACKAGES}. ` +
        'Or set OTEL_SDK_DISABLED=true.',
      { cause: error },
    );
  }
}

type Packages = Awaited<ReturnType<typeof loadPackages>>;

function startTracing(packages: Packages, environment: Environment, logger: Logger): Tracing {
  const { api, resources, sdk, exporter } = packages;
  const tell = (message: string): void => logger.warn('OpenTelemetry', { message });
  const silent = (): void => undefined;
  api.diag.setLogger({ error: tell, warn: tell, info: silent, debug: silent, verbose: silent });
  const named = resources
    .resourceFromAttributes({ 'service.name': 'farelog', 'service.version': version() })
    .merge(resources.detectResources({ detectors: [resources.envDetector] }));
  const told = environment.OTEL_EXPORTER_OTLP_TRACES_TIMEOUT || environment.OTEL_EXPORTER_OTLP_TIMEOUT;
  const limits = told ? {} : { timeoutMillis: EXPORT_WITHIN_MS };
  const provider = new sdk.BasicTracerProvider({
    resource: named,
    spanProcessors: [new sdk.BatchSpanProcessor(new exporter.OTLPTraceExporter(limits))],
  });
  const spans = new Spans(packages, provider.getTracer('farelog', version()));
  logger.info('Traces are sent by OpenTelemetry', { service: environment.OTEL_SERVICE_NAME || 'farelog' });
  return {
    listener: spans.listener(),
    onServer: (server) => spans.onServer(server),
    span: (name, work) => spans.within(name, work),
    close: () =>
      provider
        .shutdown()
        .catch((error: unknown) => logger.warn('The last traces were not sent', { error: codeOf(error) })),
  };
}

/** Machines that watch ask every few seconds; their requests would drown the others. */
const UNTRACED = new Set(['/healthz', '/readyz', '/metrics']);

/** A span that is told of afterwards would otherwise get its ends from two clocks. */
function epochMs(ms: number): number {
  return performance.timeOrigin + ms;
}

class Spans {
  readonly #api: Packages['api'];
  readonly #tracer: Tracer;
  readonly #propagator: InstanceType<Packages['core']['W3CTraceContextPropagator']>;
  /** The trace of the request whose handler runs. */
  readonly #current = new AsyncLocalStorage<Context>();
  readonly #requests = new WeakMap<FastifyRequest, { readonly span: Span; readonly context: Context }>();
  readonly #queued = new WeakMap<Entry, { readonly context: Context; readonly at: number }>();

  constructor({ api, core }: Packages, tracer: Tracer) {
    this.#api = api;
    this.#tracer = tracer;
    this.#propagator = new core.W3CTraceContextPropagator();
  }

  onServer(server: FastifyInstance): void {
    server.addHook('onRequest', (request, _reply, done) => {
      const route = request.routeOptions.url;
      if (route === undefined || !UNTRACED.has(route)) this.#begin(request, route);
      done();
    });
    // Not from onRequest on: a body's events come in the context of its connection.
    server.addHook('preHandler', (request, _reply, done) => {
      const known = this.#requests.get(request);
      if (known === undefined) done();
      else this.#current.run(known.context, done);
    });
    server.addHook('onResponse', (request, reply, done) => {
      const span = this.#requests.get(request)?.span;
      span?.setAttribute('http.response.status_code', reply.statusCode);
      if (reply.statusCode >= 500) span?.setStatus({ code: this.#api.SpanStatusCode.ERROR });
      span?.end();
      done();
    });
    server.addHook('onRequestAbort', (request, done) => {
      this.#requests.get(request)?.span.end();
      done();
    });
  }

  #begin(request: FastifyRequest, route = 'unknown route'): void {
    const api = this.#api;
    const parent = this.#propagator.extract(api.ROOT_CONTEXT, request.headers, api.defaultTextMapGetter);
    const attributes = { 'http.request.method': request.method, 'http.route': route };
    const kind = api.SpanKind.SERVER;
    const span = this.#tracer.startSpan(`${request.method} ${route}`, { kind, attributes }, parent);
    this.#requests.set(request, { span, context: api.trace.setSpan(parent, span) });
  }

  within<T>(name: string, work: () => T): T {
    const context = this.#current.getStore();
    if (context === undefined) return work();
    const span = this.#tracer.startSpan(name, {}, context);
    try {
      return work();
    } finally {
      span.end();
    }
  }

  listener(): WriteListener {
    return {
      queued: (entry) => {
        const context = this.#current.getStore();
        if (context !== undefined) this.#queued.set(entry, { context, at: epochMs(performance.now()) });
      },
      batchEnded: ({ entries, beganMs, endedMs, failed }) => {
        const attributes = { 'farelog.batch.deliveries': entries.length };
        const [began, ended] = [epochMs(beganMs), epochMs(endedMs)];
        for (const entry of entries) {
          const queued = this.#queued.get(entry);
          if (queued === undefined) continue;
          const { context, at } = queued;
          this.#tracer.startSpan('batch wait', { startTime: at }, context).end(began);
          const commit = this.#tracer.startSpan('commit', { startTime: began, attributes }, context);
          if (failed) commit.setStatus({ code: this.#api.SpanStatusCode.ERROR });
          commit.end(ended);
        }
      },
      posted: ({ payments, beganMs, endedMs }) => {
        const attributes = { 'farelog.posting.payments': payments };
        this.#tracer
          .startSpan('posting', { startTime: epochMs(beganMs), attributes }, this.#api.ROOT_CONTEXT)
          .end(epochMs(endedMs));
      },
    };
  }
}
