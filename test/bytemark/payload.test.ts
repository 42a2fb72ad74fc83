import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { claimFromRecord, claimFromWebhook, formatJson, parseJson } from '../../src/bytemark/payload.js';
import { ExactNumber } from '../../src/domain/exact-number.js';
import { receive } from './rules.js';

const NOTIFICATION = {
  payment_id: 17,
  user_id: 'rider-1',
  order_id: 23,
  payment_method: 'Apple_Pay',
  amount: '2.50',
  timestamp: '2025-04-07T03:11:31Z',
};
const NOW = Date.UTC(2025, 3, 8);

function parsed(text: string | Uint8Array): ReturnType<typeof parseJson> {
  return parseJson(typeof text === 'string' ? Buffer.from(text) : text);
}

function jsonValue(text: string): unknown {
  const result = parsed(text);
  if (!result.ok) throw new Error(result.problem.message);
  return result.value;
}

const refused = (code: string) => ({
  ok: false,
  problem: { field: 'body', code, message: expect.any(String) },
});

/** The notification as text, with one field's raw JSON put in. */
function bodyWith(field: string, json: string): string {
  return JSON.stringify({ ...NOTIFICATION, [field]: 0 }).replace(`"${field}":0`, `"${field}":${json}`);
}

function codesOf(body: string): readonly string[] {
  const checked = receive(body, NOW);
  return checked.ok ? [] : checked.problems.map(({ field, code }) => `${field}: ${code}`);
}

describe('numbers keep every digit', () => {
  test.each(['12.50', '1e2', '9007199254740993', '-0', '0.1000', '1E400', '123456789012345678901234567890'])(
    '%s stays its text',
    (token) => {
      expect(jsonValue(`[${token}]`)).toEqual([new ExactNumber(token)]);
    },
  );

  test.each(['1', '-1', '2.5', '0', '9007199254740991'])('%s is a plain number', (token) => {
    expect(jsonValue(`[${token}]`)).toEqual([Number(token)]);
  });

  test('whatever JSON writes comes back the same', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        fc.pre(!text.includes('__proto__'));
        expect(JSON.parse(formatJson(jsonValue(text)))).toEqual(JSON.parse(text));
      }),
    );
  });

  test('and with the digits that it came with', () => {
    expect(formatJson(jsonValue('{"amount":12.50,"id":9007199254740993}'))).toBe(
      '{"amount":12.50,"id":9007199254740993}',
    );
  });

  test.each([
    ['12.50', 1250],
    ['12.5', 1250],
    ['12', 1200],
    ['"12.50"', 1250],
  ])('the amount %s is %d cents', (json, cents) => {
    const checked = receive(bodyWith('amount', json), NOW);
    expect(checked.ok && checked.payment.price_minor).toBe(cents);
  });

  test.each([
    ['1e2', 'not_a_price'],
    ['12.500', 'too_many_digits'],
    ['"1e2"', 'not_a_price'],
    ['"0x10"', 'not_a_price'],
    ['" 5 "', 'not_a_price'],
    ['[5]', 'not_a_price'],
    ['{}', 'not_a_price'],
    ['true', 'not_a_price'],
    ['null', 'required'],
    ['-0', 'zero'],
    ['-1', 'negative'],
  ])('the amount %s is refused: %s', (json, code) => {
    expect(codesOf(bodyWith('amount', json))).toEqual([`total_price: ${code}`]);
  });

  test('a payment id past 2⁵³ is not folded into its neighbour', () => {
    expect(codesOf(bodyWith('payment_id', '9007199254740993'))).toEqual(['payment_id: not_an_integer']);
    expect(codesOf(bodyWith('payment_id', '1e0'))).toEqual(['payment_id: not_an_integer']);
  });

  test('a rider whose id is a number past 2⁵³ keeps it', () => {
    const checked = receive(bodyWith('user_id', '9007199254740993'), NOW);
    expect(checked.ok && checked.payment.provider_user_id).toBe('9007199254740993');
  });
});

describe('what cannot be read is refused, never thrown', () => {
  test.each([
    ['nothing', ''],
    ['white space', ' \n'],
    ['half an object', '{"payment_id":1'],
    ['two values', '{}{}'],
    ['a trailing comma', '{"a":1,}'],
    ['single quotes', "{'a':1}"],
    ['NaN', '{"amount":NaN}'],
    ['a leading zero', '{"amount":01}'],
    ['a raw NUL in a string', '{"user_id":"a\0b"}'],
    ['a NUL after the value', '{}\0'],
    ['a comment', '{} // paid'],
    ['a key with two values', '{"amount":1,"amount":2}'],
    ['a key with two values, one inside', '{"items":[{"a":1.0,"a":1.00}]}'],
  ])('%s', (_, text) => {
    expect(parsed(text)).toEqual(refused('not_json'));
  });

  test.each([
    ['a lone continuation byte', [0x22, 0x80, 0x22]],
    ['an overlong slash', [0x22, 0xc0, 0xaf, 0x22]],
    ['a surrogate in UTF-8', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['half a character', [0x22, 0xe2, 0x82]],
    ['UTF-16', [0xff, 0xfe, 0x7b, 0x00]],
  ])('%s', (_, bytes) => {
    expect(parsed(Uint8Array.from(bytes))).toEqual(refused('not_utf8'));
  });

  test.each([
    ['arrays', '[', ']'],
    ['objects', '{"a":', '}'],
  ])('%s nested 10,000 deep', (_, open, close) => {
    const text = open.repeat(10_000) + (open === '[' ? '' : '1') + close.repeat(10_000);
    expect(parsed(text)).toEqual(refused('too_deep'));
    expect(parsed(bodyWith('extra', '1').replace('"extra":1', `"extra":${text}`))).toEqual(
      refused('too_deep'),
    );
  });

  test('any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const result = parseJson(bytes);
        expect(result.ok || result.problem.field).toBe(result.ok ? true : 'body');
      }),
    );
  });
});

describe('text', () => {
  test('a byte order mark before the object is left out', () => {
    expect(jsonValue('\ufeff{"a":1}')).toEqual({ a: 1 });
  });

  test.each([
    ['a NUL', '"a\\u0000b"'],
    ['half a character', '"\\ud800"'],
    ['a line feed', '"a\\nb"'],
  ])('%s in a rider or a method is a problem of that field', (_, json) => {
    expect(codesOf(bodyWith('user_id', json))).toEqual(['user_id: bad_characters']);
    expect(codesOf(bodyWith('payment_method', json))).toEqual(['payment_type: bad_characters']);
  });

  test('whole characters of any plane are kept', () => {
    const checked = receive(bodyWith('user_id', '"\\ud83d\\ude8c Łódź"'), NOW);
    expect(checked.ok && checked.payment.provider_user_id).toBe('🚌 Łódź');
  });
});

describe('a claim from a notification', () => {
  test('has the notification under the table’s names', () => {
    const claim = claimFromWebhook({ ...NOTIFICATION, currency: 'USD', order_uuid: 'o', event_id: 'e' });
    expect(claim).toEqual({
      payment_id: 17,
      user_id: 'rider-1',
      order_id: 23,
      payment_type: 'Apple_Pay',
      total_price: '2.50',
      logged_on: '2025-04-07T03:11:31Z',
      currency: 'USD',
      reference: 'e',
    });
  });

  test('refers to the order where there is no event', () => {
    expect(claimFromWebhook({ ...NOTIFICATION, order_uuid: 'o' })?.reference).toBe('o');
    expect(claimFromWebhook({ ...NOTIFICATION, order_uuid: 'o', event_id: null })?.reference).toBe('o');
  });

  test('ignores unknown fields', () => {
    const extra = { ...NOTIFICATION, refunded: true, items: [{ qty: 1 }], payment_type: 'x', total_price: 9 };
    expect(claimFromWebhook(extra)).toEqual(claimFromWebhook(NOTIFICATION));
  });

  test.each(['null', '1', '12.50', '"text"', 'true', '[]', '[{}]'])('is not made from %s', (text) => {
    expect(claimFromWebhook(jsonValue(text))).toBeUndefined();
    expect(claimFromRecord(jsonValue(text))).toBeUndefined();
  });

  test('is made from an empty object, and has every problem at once', () => {
    expect(codesOf('{}')).toEqual([
      'payment_id: required',
      'user_id: required',
      'order_id: required',
      'payment_type: required',
      'total_price: required',
      'logged_on: required',
    ]);
  });

  test('takes nothing from a prototype', () => {
    const smuggled = `{"__proto__":${JSON.stringify(NOTIFICATION)}}`;
    expect(claimFromWebhook(jsonValue(smuggled))).toBeUndefined();
    expect(Object.hasOwn({}, 'payment_id')).toBe(false);
    expect('payment_id' in {}).toBe(false);
    const deeper = claimFromWebhook(jsonValue('{"extra":{"__proto__":{"payment_id":1}},"user_id":"a"}'));
    expect(deeper?.payment_id).toBeUndefined();
    expect(
      claimFromWebhook(jsonValue('{"constructor":{"prototype":{"payment_id":1}}}'))?.payment_id,
    ).toBeUndefined();
  });
});

describe('a claim from a record', () => {
  test('takes the table’s names first, then the notification’s', () => {
    const both = {
      ...NOTIFICATION,
      payment_type: 'coins',
      total_price: 3,
      logged_on: '2025-01-01T00:00:00Z',
    };
    expect(claimFromRecord(both)).toMatchObject({
      payment_type: 'coins',
      total_price: 3,
      logged_on: '2025-01-01T00:00:00Z',
    });
    expect(claimFromRecord(NOTIFICATION)).toEqual(claimFromWebhook(NOTIFICATION));
  });
});
