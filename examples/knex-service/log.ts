/** This service's own logger: a line of text on stderr. Farelog takes any object with these four methods. */
function write(level: string, message: string, fields?: object): void {
  const more = fields === undefined ? '' : ` ${JSON.stringify(fields)}`;
  process.stderr.write(`[fare-desk] ${level} ${message}${more}\n`);
}

export const log = {
  debug: (message: string, fields?: object) => write('debug', message, fields),
  info: (message: string, fields?: object) => write('info', message, fields),
  warn: (message: string, fields?: object) => write('warn', message, fields),
  error: (message: string, fields?: object) => write('error', message, fields),
};
