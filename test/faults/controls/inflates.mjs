/** A wrong variant: bodies that say they are compressed are inflated before their size is looked at. */
import { alterSource } from '../injections/alter-source.mjs';

alterSource('http/server.js', "encoding === undefined || encoding === 'identity'", 'true');
alterSource(
  'http/server.js',
  '(_request, body, done) => done(null, body)',
  "(request, body, done) => import('node:zlib').then((zlib) => done(null, 'content-encoding' in request.headers ? zlib.unzipSync(body) : body))",
);
