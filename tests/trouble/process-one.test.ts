/** The server as process 1 of a container: what its jobs leave behind becomes its child, and nobody else waits for it. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { join } from 'node:path';
import { Sandbox, waitFor } from '../support/sandbox.ts';
import { openHome, STORY_MS, type LiveServer } from './live-server.ts';

setDefaultTimeout(STORY_MS);

const MAIN = join(import.meta.dir, '../../src/main.ts');
/** A process table of its own, whose process 1 is the command behind it. */
const CONTAINER = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child'];
const hasContainers = Bun.which('unshare') !== null && Bun.spawnSync([...CONTAINER, 'true']).exitCode === 0;
if (!hasContainers) console.warn('process 1: not tested, since this user may make no process table (unshare --pid)');

const ended = "grep -l '^State:.Z' /proc/[0-9]*/status 2>/dev/null | wc -l";

const printed = async (server: LiveServer, command: string): Promise<string> =>
  (await server.finished(await server.exec(command))).stdout?.trim() ?? '';

describe.skipIf(!hasContainers)('process 1', () => {
  test.each([[[]], [['--wrapper']]])('waits for the orphans of jobs, serving with %j', async (flags) => {
    using home = openHome(undefined, {}, CONTAINER);
    await using server = await home.serve(...flags);
    expect(await printed(server, 'cat /proc/1/cmdline')).toContain('serve');
    // Each leaves a process behind that ends when nobody is its parent any more.
    const orphan = `(sh -c 'while kill -0 $1 2>/dev/null; do sleep 0.01; done' sh $$ >/dev/null 2>&1 & echo $!)`;
    const orphans = await Promise.all(Array.from({ length: 5 }, () => printed(server, orphan)));
    const look = orphans.map((pid) => `ls -d /proc/${pid}`).join('; ');
    await waitFor('the five to be out of the process table', async () => (await printed(server, look)) === '', 30_000);
    // And the codes of its own children are still its own.
    const { exitCode } = await server.finished(await server.exec('exit 7'));
    expect(exitCode).toBe(7);
    // The one in front of it heeds no other signal.
    await server.killed();
  });

  test('another one that does not wait is told by doctor', async () => {
    using box = new Sandbox();
    const story = [
      `sh -c 'sleep 0.01 & exit'`,
      `while test "$(${ended})" = 0; do sleep 0.01; done`,
      '"$0" "$1" doctor --port 1 --json',
    ].join('\n');
    await using child = Bun.spawn(
      [...CONTAINER, 'sh', '-c', 'sh -c "$2" "$0" "$1" & exec sleep 600', process.execPath, MAIN, story],
      {
        env: { PATH: process.env['PATH'] ?? '', HOME: box.path, AGENT_SERVER_DATA_DIR: box.file('data') },
        stdin: 'ignore',
        stdout: 'pipe',
        stderr: 'inherit',
      },
    );
    const { findings } = JSON.parse(await firstLine(child.stdout)) as { findings: { check: string; level: string }[] };
    child.kill('SIGKILL');
    expect(findings.find(({ check }) => check === 'process 1')).toMatchObject({
      level: 'warn',
      message: expect.stringContaining('1 of them'),
      advice: expect.stringContaining('--init'),
    });
  });
});

/** The stream itself stays open as long as process 1 does. */
async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true });
    if (text.endsWith('\n')) break;
  }
  return text;
}
