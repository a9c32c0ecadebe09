/** The self-test of a new executable, as the old one sees it: stand-ins of all kinds, a clock in our hand. */
import { afterAll, describe, expect, test } from 'bun:test';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createLauncher } from '../../src/platform/process/index.ts';
import { explainUpdate } from '../../src/updater/failures.ts';
import { tryOut } from '../../src/updater/try-out.ts';
import { FakeClock, Sandbox } from '../support/sandbox.ts';
import { waitFor } from '../support/wait.ts';

const box = new Sandbox();
afterAll(() => box[Symbol.dispose]());
let made = 0;

function standIn(script: string): string {
  const path = box.file(`stand-in-${made++}`);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

async function judge(path: string, { clock = new FakeClock(), signal = new AbortController().signal } = {}) {
  const env = { PATH: process.env['PATH'] ?? '', BUN_OPTIONS: '--smol', BUN_BE_BUN: '1', KEPT: 'yes' };
  const launcher = createLauncher();
  const tried = await tryOut(path, '2.0.0', box.path, { launcher, clock, env, args: ['--port=1'], signal });
  expect(clock.pending).toBe(0);
  return tried.ok ? 'passed' : explainUpdate(tried.failure);
}

describe.skipIf(process.platform === 'win32')('a self-test', () => {
  test('passes when it says its version and ends well', async () => {
    expect(await judge(standIn(`echo '{"version":"2.0.0"}'`))).toBe('passed');
  });

  test('gets the arguments of the server, and nothing that makes Bun run something else', async () => {
    const seen = box.file('seen');
    await judge(standIn(`echo "$* KEPT=$KEPT" > '${seen}'; env | grep '^BUN_' >> '${seen}'`));
    expect(readFileSync(seen, 'utf8')).toBe('selftest --json --port=1 KEPT=yes\n');
  });

  test('has a temporary folder of its own, which is gone when it is over', async () => {
    const seen = box.file('folder');
    await judge(standIn(`touch "$TMPDIR/left"; echo "$TMPDIR" > '${seen}'; kill -9 $$`));
    const folder = readFileSync(seen, 'utf8').trim();
    expect(folder).toContain('agent-server-update-');
    expect(existsSync(folder)).toBe(false);
  });

  const FAILURES: readonly [string, string][] = [
    [`echo '{"version":"6.6.6"}'`, 'it says that it is version 6.6.6'],
    [`echo '{"version":"2.0.0","problem":"no port"}'; exit 1`, 'no port'],
    [`echo '{"version":"2.0.0"}'; exit 1`, 'it ended with exit code 1'],
    ['exit 9', 'it ended with exit code 9'],
    ['kill -9 $$', 'exit code 137'],
    ['echo first; echo second >&2; exit 2', 'second'],
    ['echo hello', 'hello'],
    ['true', 'it ended with exit code 0'],
    ['head -c 1000000 /dev/zero | tr "\\0" x; exit 3', 'xxx'],
  ];
  test.each(FAILURES)('that does `%s` fails, and says why', async (script, says) => {
    const told = await judge(standIn(script));
    expect(told).toStartWith('version 2.0.0 fails its self-test here: ');
    expect(told).toContain(says);
    expect(told.length).toBeLessThan(5000);
  });

  test('of a file that is no program fails', async () => {
    const path = box.file('no-program');
    writeFileSync(path, new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0, 0]));
    chmodSync(path, 0o755);
    expect(await judge(path)).toContain('fails its self-test here');
  });

  test.each(['late', 'called off'])('that does not end is ended with all it has started (%s)', async (how) => {
    const clock = new FakeClock();
    const abort = new AbortController();
    const pids = box.file(`pids-${how}`);
    const judged = judge(standIn(`sleep 300 & echo $! $$ > '${pids}'; wait`), { clock, signal: abort.signal });
    await waitFor('its start', () => existsSync(pids) && readFileSync(pids, 'utf8') !== '');
    if (how === 'late') clock.advance(30_000);
    else abort.abort();
    expect(await judged).toContain(how === 'late' ? 'it did not finish within 30 seconds' : 'cancelled');
    for (const pid of readFileSync(pids, 'utf8').trim().split(' '))
      await waitFor(`the end of ${pid}`, () => !existsSync(`/proc/${pid}`));
  });
});
