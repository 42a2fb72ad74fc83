/** `farelog doctor`: what is wrong here, why it matters, and how to mend it. It changes nothing. */
import type { Command } from 'commander';
import type { Environment } from '../config.js';
import type { Finding, Level } from '../doctor/finding.js';
import { gather } from '../doctor/gather.js';
import { judge } from '../doctor/judge.js';
import { type CommonOptions, EXIT, loadDotEnv, newCommand, printJson } from './command.js';

interface Options extends CommonOptions {
  readonly verbose?: boolean;
}

export function doctorCommand(): Command {
  return newCommand(
    'doctor',
    'Check settings, secrets, clock, durability, disk, versions and figures; changes nothing.',
    'farelog doctor --verbose',
  )
    .option('--verbose', 'also what is well')
    .action(doctor);
}

async function doctor(options: Options): Promise<void> {
  loadDotEnv();
  const findings = judge(await gather(environmentOf(options), Date.now));
  const count = (level: Level): number => findings.filter((finding) => finding.level === level).length;
  const problems = count('problem');
  const warnings = count('warning');
  if (problems + warnings > 0) process.exitCode = EXIT.problems;
  if (options.json) return printJson({ ok: problems + warnings === 0, problems, warnings, findings });
  for (const finding of [...findings].sort((a, b) => ORDER[a.level] - ORDER[b.level])) {
    if (finding.level !== 'ok' || options.verbose) print(finding);
  }
  const told = `${findings.length} checks: ${problems} problems, ${warnings} warnings`;
  console.log(problems + warnings === 0 ? `All is well (${told}).` : `${told}.`);
}

const ORDER: Readonly<Record<Level, number>> = { problem: 0, warning: 1, ok: 2 };

function print({ level, check, what, why, mend }: Finding): void {
  console.log(`${level.padEnd(8)} ${check}: ${what}`);
  if (mend !== null) console.log(`         Why: ${why}\n         Do:  ${mend}\n`);
}

function environmentOf({ database }: Options): Environment {
  const environment: Record<string, string | undefined> = { ...process.env };
  if (database !== undefined) {
    environment.FARELOG_DATABASE_URL = database;
    delete environment.FARELOG_DATABASE_URL_FILE;
  }
  return environment;
}
