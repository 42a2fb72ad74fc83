/** The settings of words: what a feed calls payment types, kinds of adjustments and their fields. */
import { z } from 'zod';
import {
  ADJUSTMENT_FIELDS,
  type AdjustmentField,
  type AdjustmentFields,
  isAdjustmentField,
} from './bytemark/adjustment-payload.js';
import { ADJUSTMENT_KINDS, type AdjustmentKind, adjustmentKinds } from './domain/adjustment.js';
import { paymentTypeTable } from './domain/payment-type.js';

export const WORD_SETTINGS = {
  FARELOG_PAYMENT_TYPES: z
    .string()
    .optional()
    .transform((text, context) => {
      const extra = parsePaymentTypes(text);
      if (extra !== undefined) return paymentTypeTable(extra);
      const message = 'must be like word=type,word=type, each type of 1 to 32 characters';
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    }),
  FARELOG_ADJUSTMENT_KINDS: z
    .string()
    .optional()
    .transform((text, context) => {
      const kinds = parseAdjustmentKinds(text);
      if (kinds !== undefined) return adjustmentKinds(kinds);
      const message = `must be like word=kind,word=kind, each kind one of ${ADJUSTMENT_KINDS.join(', ')}`;
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    }),
  FARELOG_ADJUSTMENT_FIELDS: z
    .string()
    .optional()
    .transform((text, context) => {
      const fields = parseAdjustmentFields(text);
      if (fields !== undefined) return fields;
      const message = `must be like adjustment_id=refund.id,amount=refund.value, with fields of ${ADJUSTMENT_FIELDS.join(', ')}`;
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    }),
};

function pairsOf(text: string | undefined): readonly string[][] {
  return (text?.split(',') ?? []).map((pair) => pair.split('=').map((part) => part.trim()));
}

function parseAdjustmentKinds(text: string | undefined): Record<string, AdjustmentKind> | undefined {
  const kinds: Record<string, AdjustmentKind> = {};
  for (const [word, name, ...rest] of pairsOf(text)) {
    const kind = ADJUSTMENT_KINDS.find((one) => one === name);
    if (!word || kind === undefined || rest.length > 0) return undefined;
    kinds[word] = kind;
  }
  return kinds;
}

function parseAdjustmentFields(text: string | undefined): AdjustmentFields | undefined {
  const fields: Partial<Record<AdjustmentField, string>> = {};
  for (const [field = '', path = '', ...rest] of pairsOf(text)) {
    if (!isAdjustmentField(field) || !/^[^.]+(\.[^.]+)*$/.test(path) || rest.length > 0) return undefined;
    fields[field] = path;
  }
  return fields;
}

function parsePaymentTypes(text: string | undefined): Record<string, string> | undefined {
  const table: Record<string, string> = {};
  for (const [word, type, ...rest] of pairsOf(text)) {
    if (!word || !type || rest.length > 0 || type.length > 32) return undefined;
    table[word] = type;
  }
  return table;
}
