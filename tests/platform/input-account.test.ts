import { expect, test } from 'bun:test';
import { INPUT_LIMIT, InputAccount } from '../../src/platform/pty/input-account.ts';

test('input that was just written is not taken for read because the terminal still looks empty', () => {
  let now = 0;
  const account = new InputAccount(
    () => true,
    () => now,
  );
  expect(account.reserve(INPUT_LIMIT)).toBe(true);
  expect(account.reserve(1)).toBe(false);
  now = 101;
  expect(account.reserve(1)).toBe(true);
});

test('a full account stays full until its engine reports that the program has read', () => {
  const account = new InputAccount();
  expect(account.reserve(INPUT_LIMIT)).toBe(true);
  expect(account.reserve(1)).toBe(false);
  account.drained();
  expect(account.reserve(1)).toBe(true);
});
