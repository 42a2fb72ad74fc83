/**
 * The published OpenAPI document as a judge of real answers: each must have a status and a media type that the
 * document names, and a body that its JSON schema takes, without a field that it does not know.
 */
import type { AnySchemaObject, ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { Answer, OpenApiDocument, Operation } from '../../src/http/openapi.js';
import type { TestApp } from './app.js';

export interface PublishedOperation {
  /** As in `inject`. */
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With parameters as `{name}`. */
  readonly path: string;
  readonly operation: Operation;
}

interface Answered {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

export interface Published {
  readonly document: OpenApiDocument;
  readonly operations: readonly PublishedOperation[];
  /** What is wrong with an answer by the document; empty where nothing is. */
  complaints(operation: Operation, answer: Answered): string[];
  /** What is wrong with a value by a schema of the document. */
  schemaComplaints(schema: AnySchemaObject, value: unknown): string[];
}

export async function published(service: TestApp): Promise<Published> {
  const answer = await service.server.inject({ method: 'GET', url: '/api/openapi.json' });
  const document: OpenApiDocument = answer.json();
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const upper = method.toUpperCase();
      if (upper !== 'GET' && upper !== 'POST' && upper !== 'PUT' && upper !== 'DELETE')
        throw new Error(`${upper} is not driven by these tests`);
      return { method: upper, path, operation } as const;
    }),
  );
  const validators = strictValidators(document);
  const schemaComplaints = (schema: AnySchemaObject, value: unknown): string[] => {
    const validate = validators(schema);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  };
  return {
    document,
    operations,
    schemaComplaints,
    complaints: (operation, response) => {
      const told = answerOf(document, operation, response.statusCode);
      if (told === undefined) return [`the status ${response.statusCode} is not documented`];
      const type = String(response.headers['content-type'] ?? '').split(';')[0] ?? '';
      if (told.content === undefined) return response.body === '' ? [] : ['a body is not documented'];
      const media = told.content[type];
      if (media === undefined) return [`the media type ${type} of ${response.statusCode} is not documented`];
      const missing = Object.keys(told.headers ?? {}).filter(
        (name) => ALWAYS_SENT.has(name) && response.headers[name] === undefined,
      );
      const value: unknown = type.endsWith('json') ? JSON.parse(response.body) : response.body;
      return [
        ...missing.map((name) => `the header ${name} is missing`),
        ...schemaComplaints(media.schema, value),
      ];
    },
  };
}

/** Documented headers that every such answer has; others stand there where they have something to say (a stream has no ETag). */
const ALWAYS_SENT = new Set(['vary', 'cache-control']);

function answerOf(document: OpenApiDocument, operation: Operation, status: number): Answer | undefined {
  const told = operation.responses[status];
  if (told === undefined || !('$ref' in told)) return told;
  return document.components.responses[told.$ref.replace('#/components/responses/', '')];
}

/** Validators of the document's schemas, in which a field that is not named is an error. */
function strictValidators(document: OpenApiDocument): (schema: AnySchemaObject) => ValidateFunction {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
  formats.default(ajv);
  ajv.addVocabulary(['components']);
  const known = new Map<string, ValidateFunction>();
  return (schema) => {
    const text = JSON.stringify({ ...schema, components: { schemas: document.components.schemas } });
    const validate = known.get(text) ?? ajv.compile(closed(JSON.parse(text)));
    known.set(text, validate);
    return validate;
  };
}

/** The schema with every object closed whose author did not open it. */
function closed(schema: AnySchemaObject): AnySchemaObject {
  const inner = Object.entries(schema).map(([key, value]) => [key, isObject(value) ? closed(value) : value]);
  const object: AnySchemaObject = Array.isArray(schema)
    ? schema.map((one: unknown) => (isObject(one) ? closed(one) : one))
    : Object.fromEntries(inner);
  if (object.type === 'object' && object.properties !== undefined) object.additionalProperties ??= false;
  return object;
}

function isObject(value: unknown): value is AnySchemaObject {
  return typeof value === 'object' && value !== null;
}
