/** The limit of sign-ins by itself: its arithmetic and its memory. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { networkOf, SignInLimit } from '../../src/http/sign-in-limit.js';

describe('the limit of sign-ins', () => {
  test('lets through at most so many a minute, by address and in all, and remembers no more addresses', () => {
    const tries = fc.array(fc.record({ address: fc.nat(20), waitMs: fc.nat(5_000) }), { maxLength: 300 });
    fc.assert(
      fc.property(
        tries,
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 5 }),
        (list, inAll, ofAddress) => {
          const limit = new SignInLimit({ inAll, ofAddress });
          let now = 1_000_000;
          let start = now;
          let passed: string[] = [];
          for (const { address, waitMs } of list) {
            now += waitMs;
            if (now >= start + 60_000) [start, passed] = [now, []];
            const network = `192.0.2.${address}`;
            const mine = passed.filter((one) => one === network).length;
            const mayPass = passed.length < inAll && mine < ofAddress;
            const waitS = limit.try(network, now);
            expect(waitS === 0).toBe(mayPass);
            if (mayPass) passed.push(network);
            else expect(now + waitS * 1000).toBeGreaterThanOrEqual(start + 60_000);
            expect(limit.addresses).toBeLessThanOrEqual(inAll);
          }
        },
      ),
    );
  });

  test('begins anew where the clock was set back', () => {
    const limit = new SignInLimit({ inAll: 1, ofAddress: 1 });
    expect(limit.try('192.0.2.1', 10_000_000)).toBe(0);
    expect(limit.try('192.0.2.1', 5_000_000)).toBe(0);
  });

  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2::9', '2001:db8:1:2'],
    ['2001:0DB8::9', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['2001:db8:1:2:3:4:192.0.2.1', '2001:db8:1:2'],
  ])('%s counts as %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
