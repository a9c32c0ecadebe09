/** A look at the lock of the data folder that fails says nothing: a server that took it for lost would end. */
import { expect, test } from 'bun:test';
import { Sandbox } from '../../support/sandbox.ts';
import { injectFailures, withFailure } from './failing-calls.ts';

await injectFailures();

const { lockDataFolder } = await import('../../../src/platform/files/data-lock.ts');

test('a lock that cannot be looked at for a moment is held', async () => {
  using box = new Sandbox();
  const lock = lockDataFolder(box.path);
  if (!lock.ok) throw new Error(lock.failure.reason);
  using held = lock.value;
  const { value, failed } = await withFailure(1, async () => held.isHeld());
  expect(value).toBe(true);
  expect(failed).toStartWith('statSync');
});
