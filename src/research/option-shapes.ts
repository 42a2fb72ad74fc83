/**
 * Options that several studies have, and how they are read where they come as text, from a command or a query: by what the
 * option's own schema says it is.
 */
import { z } from 'zod';
import { AppError } from '../domain/errors.js';
import { LEVEL } from './numeric/answer.js';
import type { Study } from './study.js';

export const level = z
  .number()
  .min(0.5)
  .max(0.999)
  .default(LEVEL)
  .describe('Confidence of the intervals, as 0.95.');

/** What an option is, for help, forms and the OpenAPI document. */
export interface OptionShape {
  readonly name: string;
  readonly description: string;
  readonly type: 'number' | 'whole number' | 'yes or no' | 'choice' | 'text';
  readonly choices: readonly string[];
  readonly default: string | number | boolean | null;
  readonly minimum: number | null;
  readonly maximum: number | null;
}

/** Whether an option is the content of a file: commands name the file, and an address has no room for it. */
export const isFileOption = (name: string): boolean => name.endsWith('_csv');

/** @param options of a study: an object of options, each with a description */
export function optionShapes({ options }: Pick<Study, 'options'>): OptionShape[] {
  const { properties = {} } = z.toJSONSchema(options, { io: 'input', unrepresentable: 'any' });
  return Object.entries(properties).map(([name, schema]) => {
    if (typeof schema === 'boolean') throw new Error(`the option ${name} says nothing of itself`);
    const fallback = schema.default;
    const isPlain =
      typeof fallback === 'string' || typeof fallback === 'number' || typeof fallback === 'boolean';
    return {
      name,
      description: schema.description ?? '',
      type: typeOf(schema),
      choices: (schema.enum ?? []).map(String),
      default: isPlain ? fallback : null,
      minimum: schema.minimum ?? null,
      // What a whole number may be at most says nothing.
      maximum: schema.maximum === Number.MAX_SAFE_INTEGER ? null : (schema.maximum ?? null),
    };
  });
}

function typeOf({ type, enum: choices }: z.core.JSONSchema.JSONSchema): OptionShape['type'] {
  if (choices !== undefined) return 'choice';
  if (type === 'integer') return 'whole number';
  if (type === 'number') return 'number';
  return type === 'boolean' ? 'yes or no' : 'text';
}

const NUMBER = /^-?\d{1,15}(\.\d{1,15})?$/;

/** Text as the option's type; what is none of it is left to the schema, which says what is wrong. */
function fromText(text: string, type: OptionShape['type']): unknown {
  if ((type === 'number' || type === 'whole number') && NUMBER.test(text)) return Number(text);
  if (type === 'yes or no' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

/**
 * Options of a study from what was given, text or not; those that were not given have their default.
 * @throws AppError `usage` naming each option that is wrong
 */
export function readOptions<Options>(
  study: Study<Options>,
  given: Readonly<Record<string, unknown>>,
): Options {
  const types = new Map(optionShapes(study).map(({ name, type }) => [name, type]));
  const typed = Object.entries(given).map(([name, value]): [string, unknown] => {
    const type = types.get(name);
    return [name, typeof value === 'string' && type !== undefined ? fromText(value, type) : value];
  });
  const parsed = study.options.safeParse(Object.fromEntries(typed));
  if (parsed.success) return parsed.data;
  const known = [...types.keys()].join(', ') || 'none';
  const list = parsed.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => `${key}: is no option of the study ${study.name}; there are ${known}`)
      : [`${issue.path.join('.')}: ${issue.message}`],
  );
  throw new AppError('usage', list.join('; '));
}
