/** A wrong variant: a signature stays good for ever. */
import { alterSource } from '../injections/alter-source.mjs';

alterSource('bytemark/signature.js', 'TOLERANCE_S = 300', 'TOLERANCE_S = Infinity');
