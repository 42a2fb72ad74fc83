/** Signed bodies that can never become a payment: written by hand, and valid ones that were broken at random from a seed. */
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { deliveryOf } from './deliveries.js';

export interface Poison {
  readonly name: string;
  readonly body: Buffer;
}

const DEEP = 10_000;

/** A valid body's fields as JSON text, so that they may be what JSON.stringify would never write. */
function bodyWith(paymentId: number, changes: Readonly<Record<string, string | undefined>>): string {
  const fields: Record<string, unknown> = JSON.parse(deliveryOf(paymentId).body);
  const texts = Object.entries(fields).map(([name, value]) => [name, JSON.stringify(value)] as const);
  const all = { ...Object.fromEntries(texts), ...changes };
  const pairs = Object.entries(all).flatMap(([name, text]) =>
    text === undefined ? [] : [`"${name}":${text}`],
  );
  return `{${pairs.join(',')}}`;
}

/** Values that none of the fields can have, as JSON text. */
const JUNK = [
  'null',
  'true',
  '[]',
  '{}',
  '""',
  '-1',
  '1e309',
  '-1e309',
  '9007199254740993',
  '0.1e-400',
  '"\\u0000"',
  '"a\\u0000b"',
  '"\\ud800"',
  '"\\udc00\\ud800"',
  '[[[1]]]',
  '{"toString":1}',
  '{"__proto__":{"payment_id":7}}',
] as const;

/** Junk that some field may rightly have: a rider's id may be a number, and so may be large or under zero. */
const MAY_BE = new Set([
  'user_id -1',
  'user_id 9007199254740993',
  'user_id 1e309',
  'user_id -1e309',
  'user_id 0.1e-400',
]);

const FIELDS = ['payment_id', 'user_id', 'order_id', 'payment_method', 'amount', 'timestamp'] as const;

/** `limit` is the largest body that the service reads. `firstId` and those after it are used by nothing else. */
export function writtenPoisons(firstId: number, limit: number): Poison[] {
  let id = firstId;
  const valid = (): string => deliveryOf(id++).body;
  const text = (name: string, body: string): Poison => ({ name, body: Buffer.from(body) });
  const large = (length: number, body: string): string =>
    body + ' '.repeat(Math.max(0, length - body.length));
  return [
    text('arrays, ten thousand deep', '['.repeat(DEEP) + ']'.repeat(DEEP)),
    text('objects, ten thousand deep', '{"a":'.repeat(DEEP) + 1 + '}'.repeat(DEEP)),
    text('arrays that never close', '['.repeat(limit)),
    text('a field ten thousand deep', bodyWith(id++, { amount: '['.repeat(DEEP) + ']'.repeat(DEEP) })),
    text('a NUL before it', `\u0000${valid()}`),
    text('a NUL after it', `${valid()}\u0000`),
    text('a NUL alone', '\u0000'),
    text('a byte order mark alone', '\ufeff'),
    text('nothing', ''),
    text('an empty object', '{}'),
    text('white space', ' \n\t '),
    text('a number', '1e309'),
    text('a text', '"payment"'),
    text('null', 'null'),
    text('an array of a payment', `[${valid()}]`),
    text('two payments', `${valid()}${valid()}`),
    text('a payment and a comma', `${valid()},`),
    text('single quotes', valid().replaceAll('"', "'")),
    text('a comment', `${valid()}// paid`),
    text('NaN', bodyWith(id++, { amount: 'NaN' })),
    text('Infinity', bodyWith(id++, { amount: 'Infinity' })),
    text('a leading zero', bodyWith(id++, { payment_id: `0${id}` })),
    text('a plus', bodyWith(id++, { amount: '+2.50' })),
    text('a prototype of its own', `{"__proto__":${valid()}}`),
    text('a prototype beside its fields', valid().replace('{', '{"__proto__":{"amount":"9.99"},')),
    text('a constructor alone', `{"constructor":{"prototype":${valid()}}}`),
    text('two ids', valid().replace('{', '{"payment_id":4294967295,')),
    text('two amounts', valid().replace('{', '{"amount":"0.01",')),
    text('two amounts, one escaped', valid().replace('{', '{"am\\u006funt":"0.01",')),
    text('two riders', valid().replace('{', '{"user_id":"somebody else",')),
    text('an exponent as a price', bodyWith(id++, { amount: '"1e2"' })),
    text('more digits than cents', bodyWith(id++, { amount: '2.500000000000000000001' })),
    text('a price past 2^53', bodyWith(id++, { amount: '90071992547409931' })),
    text('an id past its column', bodyWith(id++, { payment_id: '4294967296' })),
    text('another currency', bodyWith(id++, { currency: '"EUR"' })),
    text('a huge method', bodyWith(id++, { payment_method: JSON.stringify('x'.repeat(limit - 500)) })),
    text('as large as may be', large(limit, '{"payment_id":0}')),
    text('five thousand keys', `{${Array.from({ length: 5_000 }, (_, key) => `"k${key}":0`).join(',')}}`),
    text('a number of ten thousand digits', bodyWith(id++, { payment_id: '9'.repeat(DEEP) })),
    text('a price of ten thousand digits', bodyWith(id++, { amount: `1.${'0'.repeat(DEEP)}1` })),
    text('an escape cut short', `${valid().slice(0, -2)}\\u12`),
    { name: 'UTF-16', body: Buffer.from(valid(), 'utf16le') },
    { name: 'half a character', body: Buffer.from([0x22, 0xe2, 0x82, 0x22]) },
    { name: 'a character written too long', body: Buffer.from([0x22, 0xc0, 0xaf, 0x22]) },
    { name: 'a surrogate in UTF-8', body: Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]) },
    ...FIELDS.flatMap((field) => [
      text(`no ${field}`, bodyWith(id++, { [field]: undefined })),
      ...JUNK.filter((junk) => !MAY_BE.has(`${field} ${junk}`)).map((junk) =>
        text(`${field} ${junk}`, bodyWith(id++, { [field]: junk })),
      ),
    ]),
  ];
}

/** Whole valid bodies, each broken in one way that leaves no JSON, or no text. The same seed gives the same bodies. */
export function brokenAtRandom(seed: number, count: number, firstId: number): Poison[] {
  const random = xoroshiro128plus(seed);
  const below = (end: number): number => uniformInt(random, 0, end - 1);
  return Array.from({ length: count }, (_, index) => {
    const body = Buffer.from(deliveryOf(firstId + index).body);
    const [name, broken] = breakOne(body, below);
    return { name: `${name}, seed ${seed}, ${index}`, body: broken };
  });
}

type Below = (end: number) => number;

function breakOne(body: Buffer, below: Below): readonly [string, Buffer] {
  const at = below(body.length);
  const around = (end: number, middle: readonly number[], begin: number): Buffer =>
    Buffer.concat([body.subarray(0, end), Buffer.from(middle), body.subarray(begin)]);
  switch (below(5)) {
    case 0:
      return ['cut off', body.subarray(0, at)];
    case 1:
      return ['a byte that is no UTF-8', around(at, [0x80 + below(128)], at + 1)];
    case 2: {
      const quotes = [...body.entries()].filter(([, byte]) => byte === 0x22);
      const quote = quotes[below(quotes.length)]?.[0] ?? 0;
      return ['a quote missing', around(quote, [], quote + 1)];
    }
    case 3: {
      // Behind a quote: within a text, or where no character may be.
      const quotes = [...body.entries()].filter(([, byte]) => byte === 0x22);
      const quote = quotes[below(quotes.length)]?.[0] ?? 0;
      return ['a control character', around(quote + 1, [below(9)], quote + 1)];
    }
    default:
      return ['random bytes', Buffer.from(Array.from({ length: 1 + below(300) }, () => below(256)))];
  }
}
