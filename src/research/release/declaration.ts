/** What a release is to hold: written by the researcher, checked here, and kept with the release. */
import { z } from 'zod';
import { AppError } from '../../domain/errors.js';
import { type Currency, parsePrice } from '../../domain/money.js';
import { SMALL_CELL_RIDERS } from '../../domain/small-cell.js';

/** What divides payments into the cells of a table. */
const DIMENSIONS = ['day', 'week', 'month', 'type', 'price'] as const;
export type Dimension = (typeof DIMENSIONS)[number];
const TIMES = ['day', 'week', 'month'] as const;

export const MEASURES = ['riders', 'payments', 'revenue'] as const;
export type Measure = (typeof MEASURES)[number];

const isTime = (dimension: Dimension): boolean => dimension !== 'type' && dimension !== 'price';

const TABLE = z.strictObject({
  dimensions: z
    .array(z.enum(DIMENSIONS))
    .max(3)
    .refine((names) => new Set(names).size === names.length, 'names a dimension twice')
    .refine((names) => names.filter(isTime).length < 2, 'has more than one of day, week and month'),
  /** Whether sums over each of its dimensions are told too. */
  totals: z.boolean().default(true),
});

const RECORDS = z.strictObject({
  time: z.enum(TIMES),
  type: z.boolean().default(true),
  price: z.boolean().default(false),
  /** Whether rows of one rider can be told to be so; the names are of this release alone. */
  pseudonyms: z.boolean().default(false),
});

const DECLARATION = z.strictObject({
  release: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be 1 to 63 small letters, digits and dashes, no dash first'),
  recipient: z.string().trim().min(1).max(200),
  purpose: z.string().trim().min(1).max(1000),
  /** Riders that a cell must have to be shown. */
  k: z.int().min(5).max(1000).default(SMALL_CELL_RIDERS),
  /** The p% rule: the second largest payer must not know the largest one's sum to within this. */
  dominance_percent: z.int().min(1).max(100).default(10),
  measures: z
    .array(z.enum(MEASURES))
    .refine((names) => names.includes('payments'), 'must have payments')
    .refine((names) => new Set(names).size === names.length, 'names a measure twice')
    .default([...MEASURES]),
  /** Where price bands begin, above the first, in units of the currency: ["2.00", "5.00"] makes three. */
  price_bands: z.array(z.string()).max(20).default([]),
  tables: z.array(TABLE).max(20).default([]),
  records: RECORDS.nullable().default(null),
  unicity: z
    .strictObject({
      /** The largest share of riders that 4 or fewer of their own payments may single out. */
      limit: z.number().min(0).max(1).default(0.05),
      /** Riders that are tried. */
      riders: z.int().min(100).max(100_000).default(2_000),
      seed: z.int().min(0).max(4_294_967_295).default(1),
    })
    .prefault({}),
});

export type Declaration = z.infer<typeof DECLARATION>;

/** @throws AppError `usage` with all that is wrong */
export function parseDeclaration(text: string): Declaration {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new AppError('usage', 'The declaration is no JSON.', { cause: error });
  }
  const parsed = DECLARATION.safeParse(value);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, code, message }) => {
      const field = path.join('.') || 'declaration';
      return { field, code, message: `${field}: ${message}` };
    });
    throw new AppError('usage', 'The declaration is not one that a release can be made by.', { problems });
  }
  checkWhole(parsed.data);
  return parsed.data;
}

function checkWhole({ tables, records, price_bands }: Declaration): void {
  if (tables.length === 0 && records === null)
    throw new AppError('usage', 'The declaration asks for nothing: give it tables, records, or both.');
  const byPrice = records?.price === true || tables.some(({ dimensions }) => dimensions.includes('price'));
  if (byPrice && price_bands.length === 0)
    throw new AppError(
      'usage',
      'The declaration divides by price without price_bands; exact prices are never told.',
    );
}

/** Where bands begin, above the first, in minor units. @throws AppError `usage` */
export function bandStarts({ price_bands }: Declaration, currency: Currency): number[] {
  const starts = price_bands.map((text) => {
    const price = parsePrice(text, 'major', currency);
    if (!price.ok) throw new AppError('usage', `price_bands: ${text} ${price.message}.`);
    return price.minor;
  });
  const ascends = starts.every((start, index) => start > (starts[index - 1] ?? 0));
  if (!ascends) throw new AppError('usage', 'price_bands must be above zero and ascend.');
  return starts;
}
