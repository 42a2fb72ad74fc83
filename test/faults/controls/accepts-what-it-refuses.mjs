/** A wrong variant: a delivery for which there is no room is answered as if it were kept. */
import { alterSource } from '../injections/alter-source.mjs';

alterSource('http/problem.js', 'busy: { status: 503', 'busy: { status: 202');
