/** `farelog verify` proves that every total equals the raw rows; `farelog rebuild` makes the ledger again. */
import type { Command } from 'commander';
import { formatMinor } from '../domain/money.js';
import { type CommonOptions, EXIT, newCommand, printJson, progressLine, withApp } from './command.js';

export function verifyCommand(): Command {
  return newCommand('verify', 'Compare the ledger with the raw payments.', 'farelog verify').action(
    (options: CommonOptions) =>
      withApp(options, async (app) => {
        const progress = progressLine();
        const report = await app.verify((payments) =>
          progress.show(`${payments.toLocaleString('en-US')} payments compared`),
        );
        progress.done();
        if (!report.ok) process.exitCode = EXIT.problems;
        if (options.json) return printJson(report);
        const { currency } = app.config;
        const revenue = formatMinor(BigInt(report.revenue_minor), currency);
        const count = (value: number): string => value.toLocaleString('en-US');
        const adjusted = formatMinor(BigInt(report.adjustments_minor), currency);
        const { adjustments: counting, waiting_adjustments: waiting } = report;
        const wait = waiting === 0 ? '' : ` (${count(waiting)} wait for their payment)`;
        const told = `, ${count(counting)} adjustment${counting === 1 ? '' : 's'} of ${adjusted}${wait}`;
        const adjustments = counting + waiting === 0 ? '' : told;
        const counted = `${count(report.payments)} payments, ${revenue} ${currency.code}${adjustments}, ${count(report.rollup_rows)} entries`;
        if (report.ok) return console.log(`Everything agrees: ${counted}.`);
        console.log(`${report.drifts} entries of the ledger differ from the payments (${counted}):`);
        for (const { rollup, key, expected, found } of report.first_drifts) {
          console.log(
            `  ${rollup} ${key}\n    payments say ${expected ?? 'nothing'}\n    ledger says  ${found ?? 'nothing'}`,
          );
        }
        console.log(
          'Another program may have written payments past Farelog. `farelog rebuild` makes the ledger again.',
        );
      }),
  );
}

export function rebuildCommand(): Command {
  return newCommand(
    'rebuild',
    'Make the ledger again from the payments; recording waits meanwhile.',
    'farelog rebuild',
  ).action((options: CommonOptions) =>
    withApp(
      options,
      async (app) => {
        const progress = progressLine();
        const payments = await app.rebuild((done) =>
          progress.show(`${done.toLocaleString('en-US')} payments counted`),
        );
        progress.done();
        if (options.json) printJson({ payments });
        else console.log(`Ledger made from ${payments.toLocaleString('en-US')} payments.`);
      },
      { acceptStaleLedger: true },
    ),
  );
}
