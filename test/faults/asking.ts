/** Figures as the service answers them, for the rows that compare answers. */
import { ADMIN_KEY } from '../support/service.js';

/** The body of `GET /api/v1/analytics/…` in CSV. Fails where it is not answered 200. */
export async function csvOf(
  serviceUrl: string,
  figure: string,
  parameters: Readonly<Record<string, string>>,
): Promise<string> {
  const question = `${figure}?${new URLSearchParams({ ...parameters, format: 'csv' })}`;
  const answer = await fetch(`${serviceUrl}/api/v1/analytics/${question}`, {
    headers: { authorization: `Bearer ${ADMIN_KEY}` },
  });
  const body = await answer.text();
  if (answer.status !== 200) throw new Error(`${question} was answered ${answer.status}: ${body}`);
  return body;
}

/** The rows of a CSV without quoted cells, by the names of its columns. */
export function rowsOf(csv: string): Record<string, string>[] {
  const [head = '', ...lines] = csv.split('\r\n').filter(Boolean);
  const names = head.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, at) => [names[at] ?? '', cell])));
}
