/** A wrong variant: bodies are read by JSON.parse, which takes the last of two values of a key. */
import { alterSource } from '../injections/alter-source.mjs';

alterSource('bytemark/payload.js', 'parse(text, null, parseNumber)', 'JSON.parse(text)');
