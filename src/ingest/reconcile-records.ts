/** The provider's records, piece by piece: from its API by windows of time, or from a settlement file. */
import type { BytemarkClient } from '../bytemark/client.js';
import type { ProviderItem } from '../bytemark/envelope.js';
import { formatJson } from '../bytemark/payload.js';
import type { WindowSummary } from '../bytemark/window.js';
import type { AdjustmentClaim } from '../domain/adjustment.js';
import type { Problem } from '../domain/errors.js';
import type { MoneyUnit } from '../domain/money.js';
import type { PaymentClaim, PaymentRules } from '../domain/payment.js';
import { type Span, type TimeFormat, toIso, type Zone } from '../domain/time.js';
import type { ClaimField, ColumnMapping } from './import-columns.js';
import { formatOf, type ImportFormat, InputFile } from './import-file.js';
import { CsvRows, type ImportRow, JsonRows, type RowReader } from './import-rows.js';

export const RECONCILIATION_SOURCES = ['api', 'file'] as const;
export type ReconciliationSource = (typeof RECONCILIATION_SOURCES)[number];

export interface ProviderRecord {
  /** What it says, or why it cannot be read. */
  readonly claim: PaymentClaim | undefined;
  readonly problems: readonly Problem[];
  /** What it tells of the payment's adjustments. */
  readonly adjustments?: readonly AdjustmentClaim[] | undefined;
  /** How often it is listed. */
  readonly times: number;
  /** The record as it came, for telling it from others that cannot be read. */
  readonly text: () => string;
}

export interface RecordsPiece {
  readonly records: readonly ProviderRecord[];
  /** What the piece is of; undefined where it may be of any time. */
  readonly window?: Span | undefined;
  /** Whether the provider gave all that it counts. */
  readonly whole: boolean;
}

export interface ProviderRecords {
  readonly source: ReconciliationSource;
  /** What was read, for people: an address, or a file's name. */
  readonly name: string;
  /** By which its records are read. */
  readonly rules: Pick<PaymentRules, 'unit' | 'time'>;
  /** Fields that it need not tell. */
  readonly optional: ReadonlySet<ClaimField>;
  pieces(signal?: AbortSignal): AsyncGenerator<RecordsPiece, void, undefined>;
}

/** Read on both sides of the span: a payment whose time differs may stand outside of it. */
const MARGIN_S = 86_400;

/** Duplicates are told by the end of a window, so memory holds the records of one. */
export function recordsOfApi(
  client: BytemarkClient,
  span: Span,
  windowS: number,
  nowS: number,
): ProviderRecords {
  const { url, paymentsPath, list, unit, time, zone } = client.settings;
  const wide = { from: Math.max(0, span.from - MARGIN_S), to: Math.min(nowS, span.to + MARGIN_S) };
  return {
    source: 'api',
    name: `${url}${paymentsPath}#${list}`,
    rules: { unit, time: { format: time, zone } },
    optional: new Set(),
    pieces: async function* (signal) {
      for (const window of client.windowsOf(wide, windowS)) {
        const reading = client.readWindow(window, signal);
        const items: ProviderItem[] = [];
        for (;;) {
          const step = await reading.next();
          if (step.done === true) {
            yield { records: recordsOf(items, step.value), window, whole: step.value.whole };
            break;
          }
          items.push(...step.value.items);
        }
      }
    },
  };
}

function recordsOf(items: readonly ProviderItem[], { timesListed, repeated, moved }: WindowSummary) {
  const timesOf = repeated === 0 && !moved ? () => 1 : timesListed;
  return items.flatMap((item): ProviderRecord[] => {
    // 0: the row was edited while its window was read, and came once more as it is now.
    const times = timesOf(item);
    const { claim, raw, adjustments } = item;
    if (times === 0) return [];
    return [{ claim, problems: NOT_AN_OBJECT, adjustments, times, text: () => formatJson(raw) }];
  });
}

const NOT_AN_OBJECT: readonly Problem[] = [
  { field: 'body', code: 'not_an_object', message: 'body must be a JSON object' },
];

export interface SettlementFile {
  readonly file: string;
  readonly format?: ImportFormat | undefined;
  /** The file's names for fields. */
  readonly columns?: ColumnMapping | undefined;
  readonly unit: MoneyUnit;
  readonly time: TimeFormat;
  /** The zone of local times without offset; null: such rows cannot be read. */
  readonly zone: Zone | null;
  readonly delimiter?: string | undefined;
}

/** Settlements are by order or payment, and seldom tell riders. */
const SETTLEMENT_OPTIONAL: ReadonlySet<ClaimField> = new Set([
  'user_id',
  'order_id',
  'currency',
  'reference',
]);

export function recordsOfFile(settlement: SettlementFile): ProviderRecords {
  const { file, columns: mapping = {}, delimiter, unit, time, zone } = settlement;
  const format = settlement.format ?? formatOf(file);
  const open = (): RowReader => {
    if (format === 'jsonl') return new JsonRows(file, mapping);
    const optional = SETTLEMENT_OPTIONAL;
    return new CsvRows({ file, mapping, delimiter, optional, onHeader: () => undefined });
  };
  return {
    source: 'file',
    name: file,
    rules: { unit, time: { format: time, zone } },
    optional: SETTLEMENT_OPTIONAL,
    pieces: async function* (signal) {
      const input = await InputFile.open(file);
      const reader = open();
      const piece = (rows: readonly ImportRow[]) => ({ records: rows.map(recordOfRow), whole: true });
      try {
        for await (const { text } of input.pieces()) {
          signal?.throwIfAborted();
          yield piece(reader.push(text));
        }
        yield piece(reader.end());
      } finally {
        await input.close();
      }
    },
  };
}

function recordOfRow(row: ImportRow): ProviderRecord {
  const text = (): string => (typeof row.original === 'string' ? row.original : JSON.stringify(row.original));
  const told = row.ok ? { claim: row.claim, problems: [] } : { claim: undefined, problems: row.problems };
  return { ...told, times: 1, text };
}

/** A window for people. */
export function windowText({ from, to }: Span): string {
  return `${toIso(from)} to ${toIso(to)}`;
}
