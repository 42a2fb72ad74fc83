/**
 * Light or dark: the system's, or what was chosen here, kept in the browser. `public/theme.js` sets a choice before the
 * first paint; this changes it and tells those who draw on a canvas, where no style sheet reaches.
 */
import type { SeriesTheme } from 'farelog/documents/chart-trends.ts';
import { HEAT_STEPS } from 'farelog/documents/charts.ts';
import { useMemo, useSyncExternalStore } from 'react';

export const THEME_CHOICES = ['system', 'light', 'dark'] as const;
export type ThemeChoice = (typeof THEME_CHOICES)[number];

const STORED = 'farelog.theme';
export const SERIES_COLOURS = 8;

const listeners = new Set<() => void>();
const dark = window.matchMedia('(prefers-color-scheme: dark)');
dark.addEventListener('change', () => {
  for (const listener of listeners) listener();
});

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function themeChoice(): ThemeChoice {
  const chosen = document.documentElement.dataset.theme;
  return THEME_CHOICES.find((choice) => choice === chosen) ?? 'system';
}

export function chooseTheme(choice: ThemeChoice): void {
  if (choice === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = choice;
  try {
    if (choice === 'system') localStorage.removeItem(STORED);
    else localStorage.setItem(STORED, choice);
  } catch {
    // A private window may refuse; then the choice lasts as long as the page.
  }
  for (const listener of listeners) listener();
}

export function useThemeChoice(): ThemeChoice {
  return useSyncExternalStore(subscribe, themeChoice);
}

/** What is shown now, whoever chose it. */
function shownTheme(): 'light' | 'dark' {
  const choice = themeChoice();
  if (choice !== 'system') return choice;
  return dark.matches ? 'dark' : 'light';
}

/** Colours of the style sheet as a canvas takes them: those of the theme that is shown. */
export function useChartTheme(): SeriesTheme {
  const shown = useSyncExternalStore(subscribe, shownTheme);
  // Nothing of it is read here but the style sheet, which has other colours in another theme.
  return useMemo(() => readColours(shown), [shown]);
}

function readColours(_shown: 'light' | 'dark'): SeriesTheme {
  // A custom property is told as it was written; only a real property is told as the colour that it came to.
  const probe = document.createElement('span');
  probe.hidden = true;
  document.body.append(probe);
  const colour = (name: string): string => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const theme = {
    ink: colour('ink'),
    quiet: colour('quiet'),
    gridLine: colour('rule'),
    paper: colour('card'),
    accent: colour('accent'),
    accentSoft: colour('accent-soft'),
    heat: Array.from({ length: HEAT_STEPS }, (_, step) => colour(`heat-${step}`)),
    series: Array.from({ length: SERIES_COLOURS }, (_, index) => colour(`series-${index}`)),
    fontFamily: getComputedStyle(document.body).fontFamily,
  };
  probe.remove();
  return theme;
}
