/** A wrong variant: of a window's pages the last one is left out, and the window is taken for whole. */
import { alterSource } from '../../faults/injections/alter-source.mjs';

alterSource(
  'bytemark/window.js',
  'yield { page: page.page, items: take(page, pass, seen) }',
  'if (page.next !== null || page.page === 1) yield { page: page.page, items: take(page, pass, seen) }',
);
alterSource('bytemark/window.js', 'pass.received === total', 'pass.received > 0');
