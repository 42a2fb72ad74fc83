/** A wrong variant: what is posted of a day takes the place of what was posted of it before, as if days came in order. */
import { alterSource } from '../injections/alter-source.mjs';

alterSource('ingest/posting.js', 'stands === undefined ? entries : mergeEntries(stands, entries)', 'entries');
