import { useMemo } from 'react';
import { useSession } from '../session/session.ts';
import { type Format, formatFor } from './format.ts';

/** How the signed-in reader's figures are written. */
export function useFormat(): Format {
  const { currency, currency_digits, zone } = useSession();
  return useMemo(
    () => formatFor({ currency, currency_digits }, zone, navigator.language),
    [currency, currency_digits, zone],
  );
}
