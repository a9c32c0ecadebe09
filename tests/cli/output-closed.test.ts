/** Verbs whose output nobody reads any more, as in `agent-server logs ID | head -1`: they end, and say so by their exit code. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '../../src/client/client.ts';
import { MAIN, World } from './world.ts';

describe.skipIf(process.platform === 'win32')('a closed pipe', () => {
  let world: World;
  let client: Client;
  beforeAll(async () => {
    world = await World.start();
    client = new Client({ url: world.url, key: world.key });
  });
  afterAll(() => world[Symbol.asyncDispose]());

  /** What the verb says on stderr, and how it ends, when its first line is read and no more. */
  async function afterFirstLine(...args: string[]): Promise<{ code: number; stderr: string }> {
    const file = join(world.folder, 'code');
    const pipe = 'file=$1; shift; { "$@"; echo $? >"$file"; } | head -n 1 >/dev/null';
    const shell = Bun.spawn(['sh', '-c', pipe, 'sh', file, process.execPath, MAIN, ...args], {
      env: world.env,
      stdin: 'ignore',
      stderr: 'pipe',
    });
    const stderr = await new Response(shell.stderr).text();
    await shell.exited;
    return { code: Number(readFileSync(file, 'utf8')), stderr };
  }

  test('ends logs', async () => {
    const { jobId } = await client.exec({ command: 'yes | head -n 1000000' });
    await client.wait(jobId, { tailLines: 0 });
    expect(await afterFirstLine('logs', jobId)).toEqual({ code: 141, stderr: '' });
    expect(await afterFirstLine('logs', jobId, '--follow', '--json')).toEqual({ code: 141, stderr: '' });
  });

  test('ends run, and cancels its command', async () => {
    expect(await afterFirstLine('run', 'yes')).toEqual({ code: 141, stderr: '' });
    const [job] = await client.jobs({ limit: 1, tailLines: 0 });
    expect(await client.wait(job?.jobId ?? '', { tailLines: 0 })).toMatchObject({ command: 'yes', cancelled: true });
  });
});
