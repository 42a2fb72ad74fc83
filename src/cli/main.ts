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

/** As the shell tells of a program that wrote to a pipe nobody reads: 128 and SIGPIPE's number. */
const NOBODY_READS = 141;

// A reader that has seen enough, such as `head`, ends the command and is no error. What a command tells is durable by then.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(NOBODY_READS);
});

process.exitCode = await main();
