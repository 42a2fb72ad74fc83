/** The OpenAPI 3.1 document, made from what the routes declare. */
import { z } from 'zod';
import type { SignatureScheme } from '../bytemark/signature.js';
import { EXAMPLE_FIELD_PROBLEM, PROBLEM } from './answer-schemas.js';
import { rolesThatMay } from './api-keys.js';
import { type Security, type SecuritySchemes, securityOf, securitySchemes } from './openapi-security.js';
import { titleOf } from './problem.js';
import { WIRE } from './query.js';
import { type Access, type AnswerDoc, type DeclaredRoute, type RouteDoc, TAGS } from './route.js';

export type JsonSchema = z.core.JSONSchema.JSONSchema;

interface Reference {
  readonly $ref: string;
}

export interface Media {
  readonly schema: JsonSchema;
  readonly example?: unknown;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  readonly description?: string;
  readonly schema: JsonSchema;
}

export interface Answer {
  readonly description: string;
  readonly headers?: Readonly<Record<string, { readonly description: string; readonly schema: JsonSchema }>>;
  readonly content?: Readonly<Record<string, Media>>;
}

export interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description: string;
  readonly security: Security;
  readonly 'x-farelog-access': Access;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: {
    readonly description: string;
    readonly required: true;
    readonly content: Readonly<Record<string, Media>>;
  };
  readonly responses: Readonly<Record<string, Answer | Reference>>;
}

export interface OpenApiDocument {
  readonly openapi: '3.1.1';
  readonly info: {
    readonly title: string;
    readonly version: string;
    readonly summary: string;
    readonly description: string;
    readonly license: { readonly name: string; readonly identifier: string };
  };
  readonly servers: readonly { readonly url: string; readonly description: string }[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  /** By URL with parameters as `{name}`, then by method in lower case. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly responses: Readonly<Record<string, Answer>>;
    readonly securitySchemes: SecuritySchemes;
  };
}

export interface OpenApiOptions {
  readonly version: string;
  readonly scheme: SignatureScheme;
  /** Name of the reporting zone. */
  readonly zone: string;
  /** ISO 4217. */
  readonly currency: string;
}

/** HEAD routes are left out: each is its GET without a body. */
export function openApiDocument(routes: readonly DeclaredRoute[], options: OpenApiOptions): OpenApiDocument {
  const components = new Components();
  const paths: Record<string, Record<string, Operation>> = {};
  for (const route of routes.filter(({ method }) => method !== 'HEAD')) {
    const path = route.url.replace(/:(\w+)/g, '{$1}');
    const operations = paths[path] ?? {};
    operations[route.method.toLowerCase()] = operationOf(route, options.scheme, components);
    paths[path] = operations;
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Farelog',
      version: options.version,
      summary: 'Transit payments, recorded exactly once, and their figures, exact to the cent.',
      description: introduction(options),
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'This server' }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: components.schemas,
      responses: components.responses,
      securitySchemes: securitySchemes(options.scheme),
    },
  };
}

function introduction({ zone, currency }: OpenApiOptions): string {
  return [
    'Keys go in `Authorization: Bearer KEY`; a browser signs in with one at `POST /api/v1/session` and has a cookie from ' +
      'then on. Every operation names the role that it asks for.',
    `Instants are ISO 8601. Days, weeks and months are those of the reporting zone, here \`${zone}\`. Money is a JSON ` +
      `number in units of the currency, here \`${currency}\`: 2.5 is two and a half, not a count of cents.`,
    'Errors are RFC 9457 `application/problem+json`, whose `detail` names what is wrong and the way out. Answers may ' +
      'gain fields: ignore those that you do not know.',
  ].join('\n\n');
}

/** What several operations refer to, gathered as they are described. */
class Components {
  readonly schemas: Record<string, JsonSchema> = {};
  readonly responses: Record<string, Answer> = {};

  /** A zod schema as the caller meets it on the wire; schemas with an id become components. */
  schema(schema: z.ZodType): JsonSchema {
    const converted = z.toJSONSchema(schema, {
      io: 'input',
      override: ({ zodSchema, jsonSchema }) => {
        const wire = WIRE.get(zodSchema);
        if (wire === undefined) return;
        const { description } = jsonSchema;
        for (const key of Object.keys(jsonSchema)) delete jsonSchema[key];
        Object.assign(jsonSchema, wire.json, description === undefined ? {} : { description });
      },
    });
    const { $schema: _, $defs, ...rest } = inComponents(converted);
    Object.assign(this.schemas, $defs);
    return rest;
  }

  problem(status: number): Reference {
    const name = `Problem${status}`;
    this.responses[name] ??= {
      description: `${titleOf(status)}.`,
      ...(status === 503 || status === 429
        ? { headers: { 'retry-after': header('Seconds after which to try again.') } }
        : {}),
      content: {
        'application/problem+json': { schema: this.schema(PROBLEM), example: exampleProblem(status) },
      },
    };
    return { $ref: `#/components/responses/${name}` };
  }
}

function inComponents(schema: JsonSchema): JsonSchema {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/'));
}

function exampleProblem(status: number): z.input<typeof PROBLEM> {
  const details: Readonly<Record<number, string>> = {
    400: 'limit: must be at most 1000',
    401: 'Send the header Authorization: Bearer KEY.',
    403: 'This needs the role researcher; the key has the role analyst.',
    404: 'No payment has the id 1001.',
    429: 'Too many requests with this key. Try again in 12 seconds.',
    503: 'The database cannot answer now. Try again later.',
  };
  const title = titleOf(status);
  const body = { type: 'about:blank' as const, title, status, detail: details[status] ?? `${title}.` };
  return status === 422 ? { ...body, outcome: 'invalid', problems: [EXAMPLE_FIELD_PROBLEM] } : body;
}

function header(description: string): { description: string; schema: JsonSchema } {
  return { description, schema: { type: 'string' } };
}

function operationOf(route: DeclaredRoute, scheme: SignatureScheme, components: Components): Operation {
  const { access, doc } = route;
  const parameters = [
    ...parametersOf('path', doc.params, components),
    ...parametersOf('query', doc.query, components),
  ];
  const responses: Record<string, Answer | Reference> = {};
  for (const [status, answer] of Object.entries(doc.answers))
    responses[status] = answerOf(answer, components);
  for (const status of problemStatuses(access, doc)) responses[status] ??= components.problem(status);
  responses.default = components.problem(500);
  return {
    operationId: doc.name,
    tags: [doc.tag],
    summary: doc.summary,
    description: `${doc.description}\n\n${accessInWords(access)}`,
    security: securityOf(access, scheme),
    'x-farelog-access': access,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(doc.body === undefined
      ? {}
      : {
          requestBody: {
            description: doc.body.description,
            required: true as const,
            content: {
              'application/json': { schema: components.schema(doc.body.schema), example: doc.body.example },
            },
          },
        }),
    responses,
  };
}

function parametersOf(
  place: 'path' | 'query',
  schema: z.ZodObject | undefined,
  components: Components,
): Parameter[] {
  return Object.entries(schema?.shape ?? {}).map(([name, field]) => {
    if (!(field instanceof z.ZodType)) throw new Error(`The parameter ${name} has no zod schema.`);
    const { description, ...described } = components.schema(field);
    return {
      name,
      in: place,
      required: place === 'path' || !field.safeParse(undefined).success,
      ...(description === undefined ? {} : { description }),
      // Zod leaves a default out where it stands behind a transformation.
      schema: field instanceof z.ZodDefault ? { ...described, default: field.def.defaultValue } : described,
    };
  });
}

function answerOf(
  { description, json, texts = [], headers = {} }: AnswerDoc,
  components: Components,
): Answer {
  const content: Record<string, Media> = {};
  if (json !== undefined)
    content['application/json'] = { schema: components.schema(json.schema), example: json.example };
  for (const { type, example } of texts) content[type] = { schema: { type: 'string' }, example };
  const told = Object.entries(headers).map(([name, meaning]) => [name, header(meaning)] as const);
  return {
    description,
    ...(told.length === 0 ? {} : { headers: Object.fromEntries(told) }),
    ...(Object.keys(content).length === 0 ? {} : { content }),
  };
}

/** Those that follow from what a route declares, and its own. */
function problemStatuses(access: Access, doc: RouteDoc): number[] {
  const statuses = new Set(doc.problems);
  const add = (when: boolean, ...added: readonly number[]): void => {
    if (when) for (const status of added) statuses.add(status);
  };
  add(doc.params !== undefined || doc.query !== undefined, 400);
  add(doc.body !== undefined, 400, 413, 415);
  add(access === 'signature', 401);
  add(access !== 'public' && access !== 'signature', 401);
  add(access !== 'public' && access !== 'signature' && access !== 'session', 403);
  add(access !== 'public', 429, 503);
  return [...statuses].sort((a, b) => a - b);
}

function accessInWords(access: Access): string {
  if (access === 'public') return 'Open to anyone.';
  if (access === 'signature') return 'Asks for a signature over the raw bytes of the body, and no key.';
  if (access === 'session') return 'Asks for a session, of any role.';
  const others = rolesThatMay(access).filter((role) => role !== access);
  return `Role: \`${access}\`${others.length === 0 ? '' : `, or ${others.map((role) => `\`${role}\``).join(' or ')}`}.`;
}
