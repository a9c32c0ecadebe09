/** Children of a process, whichever of its threads has started them. */
import { expect, test } from 'bun:test';
import { childrenOf } from '../../../src/platform/process/posix/process-table.ts';

const onLinux = process.platform === 'linux';
if (!onLinux) console.log('tests/platform/posix/children.test.ts skipped: only Linux lists children');

test.skipIf(!onLinux)('children of all threads are listed', async () => {
  const program = `
    const child = Bun.spawn(['sleep', '100']);
    postMessage(child.pid);
  `;
  const worker = new Worker(URL.createObjectURL(new Blob([program])));
  const pid = await new Promise<number>((resolve) => {
    worker.addEventListener('message', ({ data }: MessageEvent<number>) => resolve(data));
  });
  try {
    expect(childrenOf(process.pid)).toContain(pid);
  } finally {
    process.kill(pid, 'SIGKILL');
    worker.terminate();
  }
});
