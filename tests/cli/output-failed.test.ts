/** Verbs whose output cannot be written, as on a full disk: they say so, and end with exit code 1; only a closed pipe is 141. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { Client } from '../../src/client/client.ts';
import { MAIN, World } from './world.ts';

const FULL = '/dev/full';

describe.skipIf(process.platform !== 'linux')('a full disk', () => {
  let world: World;
  let client: Client;
  beforeAll(async () => {
    world = await World.start();
    client = new Client({ url: world.url, key: world.key });
  });
  afterAll(() => world[Symbol.asyncDispose]());

  /** `full`: the streams that go to the full disk. */
  async function typed(full: readonly ('stdout' | 'stderr')[], ...args: string[]) {
    const redirected = full.map((stream) => (stream === 'stdout' ? `>${FULL}` : `2>${FULL}`)).join(' ');
    const shell = Bun.spawn(['sh', '-c', `exec "$@" ${redirected}`, 'sh', process.execPath, MAIN, ...args], {
      env: world.env,
      stdin: 'ignore',
      stdout: 'ignore',
      stderr: 'pipe',
    });
    const [stderr, code] = await Promise.all([new Response(shell.stderr).text(), shell.exited]);
    return { code, stderr };
  }

  const NO_SPACE = 'agent-server: stdout could not be written: ENOSPC: no space left on device, write\n';

  test.each<readonly string[]>([
    ['version'],
    ['version', '--json'],
    ['--help'],
    ['run', '--help'],
    ['--version'],
    ['completion', 'bash'],
    ['jobs', '--json'],
    ['run', 'echo hi'],
    ['run', 'echo hi', '--json'],
    ['run', 'echo hi', '--detach'],
    ['agents', '--json'],
  ])('is told by %s %s', async (...args) => {
    expect(await typed(['stdout'], ...args)).toEqual({ code: 1, stderr: NO_SPACE });
  });

  test('is told by logs, of whichever stream', async () => {
    const { jobId } = await client.exec({ command: 'echo out; echo err >&2' });
    await client.wait(jobId, { tailLines: 0 });
    expect(await typed(['stdout'], 'logs', jobId)).toEqual({ code: 1, stderr: NO_SPACE });
    expect(await typed(['stderr'], 'logs', jobId, '--stderr')).toEqual({ code: 1, stderr: '' });
  });

  test('cancels the command of run', async () => {
    expect(await typed(['stdout'], 'run', 'echo begun; sleep 100')).toEqual({ code: 1, stderr: NO_SPACE });
    const [job] = await client.jobs({ limit: 1, tailLines: 0 });
    expect(await client.wait(job?.jobId ?? '', { tailLines: 0 })).toMatchObject({ cancelled: true });
  });
});
