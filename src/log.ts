/** The logger's shape, which a platform's own logger fits, and the default: structured JSON on stderr. */
import pino from 'pino';
import type { LogLevel } from './config.js';

type LogFields = Readonly<Record<string, unknown>>;

/** What Farelog asks of a logger; `fields` may be ignored. */
export interface Logger {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
}

/** One JSON object a line on stderr, since stdout belongs to a command's result. */
export function jsonLogger(level: LogLevel): Logger {
  const log = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2));
  return {
    info: (message, fields) => log.info(fields ?? {}, message),
    warn: (message, fields) => log.warn(fields ?? {}, message),
    error: (message, fields) => log.error(fields ?? {}, message),
    debug: (message, fields) => log.debug(fields ?? {}, message),
  };
}
