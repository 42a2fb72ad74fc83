/** Where signed deliveries may be sent: by default to this machine only. */
import { AppError } from '../domain/errors.js';

/** Whether a URL's host is this machine, by its name alone. */
export function isLoopback(url: URL): boolean {
  // URL has made every spelling of an IPv4 address four decimal numbers already.
  return (
    url.hostname === 'localhost' ||
    url.hostname === '[::1]' ||
    /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(url.hostname)
  );
}

/**
 * The address of a receiver.
 * @throws AppError `usage` where it is no URL of http or https, or another machine's without `allowRemote`
 */
export function readReceiver(text: string, allowRemote: boolean): URL {
  if (!URL.canParse(text)) throw new AppError('usage', `${text} is not a URL.`);
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new AppError('usage', `${text} is not an address of http or https.`);
  if (!allowRemote && !isLoopback(url)) {
    throw new AppError(
      'usage',
      `${url.hostname} is not this machine. Deliveries are sent elsewhere only where that is allowed expressly.`,
    );
  }
  return url;
}
