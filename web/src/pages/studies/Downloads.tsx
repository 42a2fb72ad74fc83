/** Everything of an answer as files: the same answer, since each asks as of the capture that it rests on. */
import type { Result, StudyQuery } from '../../api/studies.ts';
import { documentAddress } from '../../api/studies.ts';
import { DownloadLink } from '../../components/Button.tsx';
import { Card } from '../../components/Card.tsx';
import { chartsOf } from './answer.ts';

interface Part {
  readonly name: string;
  readonly caption: string;
}

/** By their names in files, where those of diagnostics say so. */
const named = (own: readonly Part[], diagnostic: readonly Part[]): Part[] => [
  ...own.map(({ name, caption }) => ({ name, caption })),
  ...diagnostic.map(({ name, caption }) => ({ name: `diagnostic-${name}`, caption })),
];

export function Downloads({ result, query }: { result: Result; query: StudyQuery }) {
  const tables = named(result.tables, result.diagnostics.tables);
  const charts = named(chartsOf(result), result.diagnostics.charts);
  const address = (format: NonNullable<StudyQuery['format']>, part?: string): string =>
    documentAddress(result, query, { format, ...(part === undefined ? {} : { part }) });
  return (
    <Card
      title="Take it along"
      about={`The same payments as above, up to capture ${result.provenance.sequence}. No row leaves the team but through the release gate.`}
    >
      <div className="study-ask">
        <DownloadLink href={address('html')}>The whole as a page</DownloadLink>
        <DownloadLink href={address('json')}>JSON</DownloadLink>
      </div>
      <ul className="study-parts">
        {tables.map(({ name, caption }) => (
          <li key={`table ${name}`}>
            <span>{caption}</span>
            <PartLink href={address('csv', name)} format="CSV" caption={caption} />
            <PartLink href={address('latex', name)} format="LaTeX" caption={caption} />
          </li>
        ))}
        {charts.map(({ name, caption }) => (
          <li key={`chart ${name}`}>
            <span>{caption}</span>
            <PartLink href={address('svg', name)} format="SVG" caption={caption} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

function PartLink({ href, format, caption }: { href: string; format: string; caption: string }) {
  return (
    <a href={href} download aria-label={`${caption}, as ${format}`}>
      {format}
    </a>
  );
}
