#!/usr/bin/env node
/** The command `farelog`. */
import { CommanderError } from 'commander';
import { EXIT, reportError } from './command.js';
import { createProgram } from './program.js';

async function main(): Promise<number> {
  try {
    await createProgram().parseAsync(process.argv);
    return Number(process.exitCode ?? EXIT.done);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    return reportError(error);
  }
}

process.exitCode = await main();
