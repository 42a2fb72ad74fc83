/** A wrong variant: of the right signature only as many bytes are compared as were given. */
import { alterSource } from '../injections/alter-source.mjs';

alterSource(
  'bytemark/signature.js',
  'signature.length === expected.length && timingSafeEqual(signature, expected)',
  'timingSafeEqual(signature, expected.subarray(0, signature.length))',
);
