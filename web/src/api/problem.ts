/** What a request that failed says: RFC 9457 problem details, and what stands in their place where no answer came. */
import type { components } from './schema.ts';

type ProblemDetails = components['schemas']['Problem'];

/** Of no answer at all: the network, or a service that is away. */
export const NO_ANSWER = 0;

export class ProblemError extends Error {
  readonly status: number;
  /** For people: what is wrong, by name, and the way out. */
  readonly detail: string;
  /** All problems of a payment together. */
  readonly problems: ProblemDetails['problems'];
  /** How long the server asks to wait; undefined where it does not say. */
  readonly retryAfterMs: number | undefined;

  constructor({ title, status, detail, problems }: ProblemDetails, retryAfterMs?: number) {
    super(title);
    this.name = 'ProblemError';
    this.status = status;
    this.detail = detail;
    this.problems = problems;
    this.retryAfterMs = retryAfterMs;
  }
}

export function noAnswer(): ProblemError {
  return new ProblemError({
    type: 'about:blank',
    title: 'No answer',
    status: NO_ANSWER,
    detail: 'Farelog did not answer. It may be stopping, or the network may be away.',
  });
}

/** What anything that was thrown says to people. */
export function problemOf(error: unknown): {
  readonly title: string;
  readonly detail: string;
  /** Each thing that is wrong, where there are several. */
  readonly problems: readonly string[];
} {
  if (error instanceof ProblemError) {
    const problems = error.problems?.map(({ message }) => message) ?? [];
    // One that the detail tells already is not told again.
    const further = problems.filter((message) => !error.detail.includes(message));
    return { title: error.message, detail: error.detail, problems: further };
  }
  const detail = error instanceof Error ? error.message : String(error);
  return { title: 'This did not work', detail, problems: [] };
}

/** The problem of an answer that is not a success. */
export async function problemFrom(response: Response): Promise<ProblemError> {
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
  const retryAfterMs = Number.isFinite(retryAfter) ? retryAfter * 1_000 : undefined;
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json') === true;
  if (isProblem) return new ProblemError(await response.json(), retryAfterMs);
  const detail = `The answer was ${response.status} ${response.statusText}`.trim();
  return new ProblemError(
    { type: 'about:blank', title: 'An answer that is not Farelog’s', status: response.status, detail },
    retryAfterMs,
  );
}
