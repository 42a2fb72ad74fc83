/** Whether capture is unusually quiet. Nothing tells of payments that do not come: it is asked for, and not waited for. */
import type { Got } from './client.ts';
import { useFigure } from './figures.ts';

export type Silence = Got<'/api/v1/analytics/silence'>;

const HOURS = 6;
const EVERY_MS = 60_000;

export const useSilence = () => useFigure('/api/v1/analytics/silence', { hours: HOURS }, EVERY_MS);
