/** A wrong variant: whether orders differ is not looked at. */
import { alterSource } from '../../faults/injections/alter-source.mjs';

alterSource(
  'domain/reconciliation.js',
  '!there.lacks.includes(field)',
  "field !== 'order_id' && !there.lacks.includes(field)",
);
