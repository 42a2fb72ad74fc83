/** What became of every record of both sides, and which part of the difference each category makes. */
import type { Category, Report } from '../../api/reconciliations.ts';
import { useItemCounts } from '../../api/reconciliations.ts';
import { Badge, type BadgeKind } from '../../components/Badge.tsx';
import { Card } from '../../components/Card.tsx';
import { type DataColumn, DataTable } from '../../components/DataTable.tsx';
import { useFormat } from '../../format/use-format.ts';
import { useSession } from '../../session/session.ts';
import { useView } from '../../view/view.ts';
import { sumOf } from './totals.ts';
import { CATEGORIES, CATEGORY_MEANINGS, CATEGORY_NAMES, isKind, STATUS_NAMES, STATUSES } from './words.ts';

interface CategoryRow {
  readonly category: Category;
  readonly records: number;
  readonly part: number;
  /** How its items stand now: "3 open, 1 accepted". */
  readonly standing: string;
}

export function CategoriesCard({ id, report }: { id: number; report: Report }) {
  const format = useFormat();
  const { currency_digits: digits } = useSession();
  const view = useView();
  const counts = useItemCounts(id).data?.rows ?? [];
  const sum = sumOf(report.days, digits);
  const amount = (minor: number): number => minor / 10 ** digits;
  const standingOf = (category: Category): string =>
    STATUSES.flatMap((status) => {
      const items = counts.find((row) => row.kind === category && row.status === status)?.items ?? 0;
      return items === 0 ? [] : [`${format.count(items)} ${STATUS_NAMES[status].toLowerCase()}`];
    }).join(', ');
  const rows = CATEGORIES.map(
    (category): CategoryRow => ({
      category,
      records: report.counts[category] ?? 0,
      part: amount(sum.parts.find((part) => part.category === category)?.minor ?? 0),
      standing: standingOf(category),
    }),
  ).filter(({ records, part, standing }) => records > 0 || part !== 0 || standing !== '');
  const columns: DataColumn<CategoryRow>[] = [
    {
      name: 'Category',
      isLong: true,
      cell: ({ category }) => (
        <>
          <CategoryBadge category={category} />
          <span className="quiet small below">{CATEGORY_MEANINGS[category]}</span>
        </>
      ),
      foot: 'In all',
    },
    {
      name: 'Records',
      isFigure: true,
      cell: ({ records }) => format.count(records),
      foot: format.count(rows.reduce((total, { records }) => total + records, 0)),
    },
    {
      name: 'Part of the difference',
      isFigure: true,
      cell: ({ part }) => (part === 0 ? <span className="quiet">–</span> : format.moneyChange(part)),
      foot: format.moneyChange(amount(sum.here - sum.there)),
    },
    {
      name: 'Now',
      cell: ({ category, standing }) =>
        standing === '' ? (
          <span className="quiet">–</span>
        ) : (
          <button
            type="button"
            className="link-button nowrap"
            aria-label={`${CATEGORY_NAMES[category]}: ${standing}. Show them`}
            onClick={() => view.set({ kind: category, status: 'all', day: null })}
          >
            {standing}
          </button>
        ),
    },
  ];
  return (
    <Card
      title="What lies between"
      about="Every record of either side is in one category; their parts add up to the difference. Records are those of this run; how they stand is as of now."
    >
      <DataTable
        caption="Records and parts of the difference by category"
        isCaptionHidden
        columns={columns}
        rows={rows}
        keyOf={({ category }) => category}
      />
    </Card>
  );
}

/** Only what is for a person looks like it: what waits by itself does not. */
function CategoryBadge({ category }: { category: Category }) {
  const kind: BadgeKind = isKind(category) ? 'warn' : category === 'pending' ? 'plain' : 'good';
  return <Badge kind={kind}>{CATEGORY_NAMES[category]}</Badge>;
}
