/**
 * Requests to the server, typed by its own OpenAPI document: paths, parameters and answers that do not exist do not
 * compile. Every request says that it is the dashboard's (a page elsewhere cannot set the header, which is the defence
 * against forged requests) and carries the session's cookie, to this origin alone.
 */
import { noAnswer, problemFrom } from './problem.ts';
import type { paths } from './schema.ts';

type Method = 'get' | 'post' | 'put' | 'delete' | 'patch';

/** The paths that have a method. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P][M] extends { responses: unknown } ? P : never;
}[keyof paths];

/** Parameters that are undefined are left out. */
export type QueryOf<Operation> = Operation extends { parameters: { query?: infer Query } }
  ? { [Name in keyof Query]: Query[Name] | undefined } & object
  : never;
type PathParametersOf<Operation> = Operation extends { parameters: { path: infer Path } }
  ? Path & object
  : never;
type BodyOf<Operation> = Operation extends {
  requestBody?: { content: { 'application/json': infer Body } };
}
  ? Body
  : never;

/** What a success answers, as JSON; null where it answers nothing. */
type Json<Answer> = Answer extends { content: { 'application/json': infer Body } } ? Body : null;
type Success = 200 | 201 | 202 | 204;
export type AnswerOf<Operation> = Operation extends { responses: infer Answers }
  ? { [Status in keyof Answers]: Status extends Success ? Json<Answers[Status]> : never }[keyof Answers]
  : never;

/** The JSON answer of `GET` on a path. */
export type Got<P extends PathOf<'get'>> = AnswerOf<paths[P]['get']>;

export type QueryValue = string | number | boolean | undefined | null;

interface Options<Operation> {
  readonly query?: QueryOf<Operation> | undefined;
  readonly path?: PathParametersOf<Operation>;
  readonly body?: BodyOf<Operation>;
  readonly signal?: AbortSignal;
}

/** `/api/v1/payments/{payment_id}` and its parameters as an address; parameters that are undefined are left out. */
export function addressOf(
  path: string,
  parameters: object | undefined = {},
  query: object | undefined = {},
): string {
  const given = new Map(Object.entries(parameters));
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(given.get(name))));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== null && value !== '') search.set(name, String(value));
  const text = search.toString();
  return text === '' ? filled : `${filled}?${text}`;
}

async function send<M extends Method, P extends PathOf<M>>(
  method: M,
  path: P,
  { query, path: parameters, body, signal }: Options<paths[P][M]> = {},
): Promise<AnswerOf<paths[P][M]>> {
  const headers = { accept: 'application/json', 'x-farelog-request': '1' };
  const response = await fetch(addressOf(path, parameters, query), {
    method: method.toUpperCase(),
    credentials: 'same-origin',
    headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw noAnswer();
  });
  if (!response.ok) throw await problemFrom(response);
  // JSON has no word for nothing; 204 has no JSON.
  return response.status === 204 ? JSON.parse('null') : response.json();
}

/** `await api.get('/api/v1/analytics/methods', { query: { days: 7 } })`; throws a `ProblemError`. */
export const api = {
  get: <P extends PathOf<'get'>>(path: P, options?: Options<paths[P]['get']>) => send('get', path, options),
  post: <P extends PathOf<'post'>>(path: P, options?: Options<paths[P]['post']>) =>
    send('post', path, options),
  put: <P extends PathOf<'put'>>(path: P, options?: Options<paths[P]['put']>) => send('put', path, options),
  delete: <P extends PathOf<'delete'>>(path: P, options?: Options<paths[P]['delete']>) =>
    send('delete', path, options),
};
