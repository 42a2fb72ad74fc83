import { problemOf } from '../api/problem.ts';
import { Button } from './Button.tsx';
import './notice.css';

interface Props {
  /** What was thrown. */
  readonly error: unknown;
  /** Tries again; without it there is no button. */
  readonly retry?: () => void;
}

/** What went wrong, in the server's own words, and a way to try again. */
export function Problem({ error, retry }: Props) {
  const { title, detail, problems } = problemOf(error);
  return (
    <div className="notice notice-bad" role="alert">
      <p>
        <b>{title}</b>
      </p>
      <p className="notice-detail">{detail}</p>
      {problems.length > 0 && (
        <ul>
          {problems.map((one) => (
            <li key={one}>{one}</li>
          ))}
        </ul>
      )}
      {retry !== undefined && <Button onClick={retry}>Try again</Button>}
    </div>
  );
}
