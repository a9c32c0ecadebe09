/** Which ports a key may reach. */
import { expect, test } from 'bun:test';
import { AllowedPorts, isWithin } from '../../src/ports/allowed.ts';

const cases: readonly [string | undefined, number, boolean][] = [
  [undefined, 1, true],
  [undefined, 65_535, true],
  ['3000', 3000, true],
  ['3000', 3001, false],
  ['3000', 300, false],
  ['3000-3999', 3000, true],
  ['3000-3999', 3999, true],
  ['3000-3999', 4000, false],
  ['3000-3999', 2999, false],
  ['3000-3999,8080', 8080, true],
  ['8080,3000-3999', 3500, true],
  ['3999-3000', 3500, false],
  ['', 3000, false],
  ['-', 3000, false],
  ['all', 3000, false],
  ['0-99999999', 3000, false],
];
test.each(cases)('%p allows %d: %p', (restriction, port, allowed) => {
  expect(isWithin(port, restriction)).toBe(allowed);
});

test('a port of the server itself is nobody’s, whatever a key may; a key without ports has all others', () => {
  const allowed = new AllowedPorts();
  allowed.ownPorts([8585, 8586]);
  expect(allowed.check(8586, undefined)).toEqual({ ok: false, failure: { reason: 'port-is-own', port: 8586 } });
  expect(allowed.check(8585, '8000-9000')).toEqual({ ok: false, failure: { reason: 'port-is-own', port: 8585 } });
  // Who may not reach a port does not learn whose it is.
  expect(allowed.check(8585, '3000')).toEqual({ ok: false, failure: { reason: 'port-not-allowed', port: 8585 } });
  expect(allowed.check(3000, undefined).ok).toBe(true);
});
