/** `farelog start`: the service. */
import { relative } from 'node:path';
import type { Command } from 'commander';
import { type App, openApp } from '../app.js';
import { loadConfig } from '../config.js';
import { jsonLogger } from '../log.js';
import type { RunningService } from '../serve.js';
import { openTracing } from '../tracing.js';
import { type CommonOptions, EXIT, loadDotEnv, newCommand, printJson } from './command.js';
import { type Demo, fillWithDemo, refuseDemoOnRealData, runLiveDemo } from './demo.js';

interface Options extends CommonOptions {
  readonly demo?: boolean;
}

export function startCommand(): Command {
  return newCommand('start', 'Receive payments and serve the API.', 'farelog start --demo')
    .option('--demo', 'with 90 days of invented payments, and live ones coming in')
    .action(start);
}

async function start(options: Options): Promise<void> {
  const stopped = stopSignal();
  loadDotEnv();
  const { logLevel } = loadConfig(process.env);
  const logger = jsonLogger(logLevel);
  const tracing = await openTracing(process.env, logger);
  const listeners = tracing === undefined ? [] : [tracing.listener];
  const app = await openApp({ databaseUrl: options.database, logger, listeners });
  let service: RunningService;
  let demo: Demo | undefined;
  try {
    await refuseDemoOnRealData(app, options.demo === true);
    if (options.demo) await fillWithDemo(app);
    // Other commands start faster without the server.
    const { startService } = await import('../serve.js');
    service = await startService(app, { tracing });
    if (options.demo) demo = await runLiveDemo(app, service.url);
  } catch (error) {
    await app.close();
    throw error;
  }
  announce(app, service, options);
  await stopped;
  app.logger.info('Stopping: what is in flight is answered first');
  await demo?.stop();
  const inTime = await service.stop();
  await tracing?.close();
  if (!inTime) {
    app.logger.error(
      'The database did not answer: ended without what waited for it, none of which was acknowledged',
    );
    // Its connections would hold the process.
    process.exit(EXIT.failed);
  }
  app.logger.info('Stopped');
}

/** Resolves at the first SIGTERM or SIGINT, even one during the start; a second one ends the process at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    const signals = ['SIGTERM', 'SIGINT'] as const;
    const stop = (): void => {
      // From here on either signal does what it does to any process.
      for (const signal of signals) process.removeListener(signal, stop);
      resolve();
    };
    for (const signal of signals) process.on(signal, stop);
  });
}

function announce({ config, store }: App, service: RunningService, options: Options): void {
  const database = store.dialect === 'sqlite' ? config.databaseUrl : new URL(config.databaseUrl).host;
  if (options.json) {
    const dashboard = `${service.url}/`;
    printJson({ url: service.url, dashboard, database, admin_key: service.firstAdminKey });
    return;
  }
  const lines = [
    `Farelog is ready at ${service.url}`,
    `  dashboard   ${service.url}/`,
    `  database    ${database}`,
    `  webhooks    POST ${service.url}/webhooks/bytemark, signed (${config.webhookScheme})`,
  ];
  if (config.webhookSecrets.length === 0) {
    lines.push(`  secret      in ${relative('.', config.dataDir) || '.'}/secrets/webhook-secret`);
  }
  if (service.firstAdminKey !== null) {
    lines.push(
      `  admin key   ${service.firstAdminKey}`,
      '              shown only now: Farelog keeps its hash alone',
    );
  }
  lines.push('  figures     npx farelog analyze methods', '  stop        Ctrl+C');
  console.log(lines.join('\n'));
}
