/** The commands of `farelog`, as one program. */
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { adjustCommand, adjustmentsCommand } from './adjustments.js';
import { analyzeCommand } from './analyze.js';
import { auditLogCommand } from './audit.js';
import { backupCommand } from './backup.js';
import { calendarCommand } from './calendar.js';
import { datasetCommand } from './dataset.js';
import { doctorCommand } from './doctor.js';
import { importCommand } from './import.js';
import { keysCommand } from './keys.js';
import { migrateCommand } from './migrate.js';
import { paymentsCommand } from './payments.js';
import { pullCommand } from './pull.js';
import { quarantineCommand } from './quarantine.js';
import { reconcileCommand } from './reconcile.js';
import { releaseCommand } from './release.js';
import { reportCommand } from './report.js';
import { ridersCommand } from './riders.js';
import { sandboxCommand } from './sandbox.js';
import { scheduleCommand } from './schedule.js';
import { simulateCommand } from './simulate.js';
import { startCommand } from './start.js';
import { studyCommand } from './study.js';
import { syncCommand } from './sync.js';
import { rebuildCommand, verifyCommand } from './verify.js';

function version(): string {
  const { version }: { version: string } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  return version;
}

/** `farelog` with all its commands; wrong usage throws instead of ending the process. */
export function createProgram(): Command {
  const program = new Command('farelog')
    .description('Records transit payments exactly once and reports them to the cent.')
    .version(version())
    .showHelpAfterError('(add --help for usage)')
    // Options belong to the command that they stand after, also where one that acts holds others (`reconcile list --json`).
    .enablePositionalOptions();
  const commands = [
    startCommand(),
    migrateCommand(),
    importCommand(),
    pullCommand(),
    reconcileCommand(),
    syncCommand(),
    scheduleCommand(),
    paymentsCommand(),
    adjustmentsCommand(),
    adjustCommand(),
    analyzeCommand(),
    reportCommand(),
    studyCommand(),
    quarantineCommand(),
    calendarCommand(),
    ridersCommand(),
    datasetCommand(),
    releaseCommand(),
    keysCommand(),
    auditLogCommand(),
    verifyCommand(),
    rebuildCommand(),
    backupCommand(),
    doctorCommand(),
    simulateCommand(),
    sandboxCommand(),
  ];
  for (const command of commands) program.addCommand(command);
  exitByThrowing(program);
  return program;
}

/** Commander exits by itself otherwise, with codes of its own. */
function exitByThrowing(command: Command): void {
  command.exitOverride();
  for (const subcommand of command.commands) exitByThrowing(subcommand);
}
