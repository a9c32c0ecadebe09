/** What a shell has started since its command began is interrupted, and what comes after that command is not. */
import { expect, test } from 'bun:test';
import { newId } from '../../../src/core/id.ts';
import { StartedSincePosix } from '../../../src/platform/process/posix/started-since.ts';
import { TREE_VARIABLE } from '../../../src/platform/process/posix/tree-variable.ts';

const start = (treeId: string) =>
  Bun.spawn(['sleep', '1000'], { env: { PATH: process.env['PATH'], [TREE_VARIABLE]: treeId } });

test.skipIf(process.platform === 'win32')('an interrupt ends what has been started', async () => {
  const treeId = newId();
  const started = new StartedSincePosix({ root: undefined, treeId });
  await using child = start(treeId);
  await started.interrupt();
  await child.exited;
  expect(child.signalCode).toBe('SIGINT');
});

test.skipIf(process.platform === 'win32')('what comes after their end is not interrupted', async () => {
  const treeId = newId();
  const started = new StartedSincePosix({ root: undefined, treeId });
  await using before = start(treeId);
  await started.end(10_000);
  await before.exited;
  await using next = start(treeId);
  await started.interrupt();
  // Of two signals the lower number would come first.
  next.kill('SIGTERM');
  await next.exited;
  expect([before.signalCode, next.signalCode]).toEqual(['SIGTERM', 'SIGTERM']);
});
