/** Many sessions at once: none gets the output of another, and the server's memory does not grow with what they do. */
import { expect, setDefaultTimeout, test } from 'bun:test';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { Sandbox } from '../support/sandbox.ts';
import { openHome } from '../trouble/live-server.ts';
import { DIALECTS, environmentWith, shellPath, type DialectWords } from './dialects.ts';
import { waitFor } from '../support/wait.ts';

/** The work of 32 shells takes two cores a while. */
const TIMEOUT_MS = 180_000;
setDefaultTimeout(2 * TIMEOUT_MS);

const SESSIONS = 32;
const COMMANDS = 100;
/** Generous: memory must not grow with every command. */
const MAX_GROWTH = 48 * 1024 * 1024;

for (const words of DIALECTS.filter(({ name }) => name === 'sh' || name === 'pwsh')) {
  const path = shellPath(words.name);
  if (path === undefined || process.platform === 'win32') {
    console.log(`many sessions of ${words.name}: skipped, it is not on this machine`);
    continue;
  }
  test(`32 sessions of ${words.name} at once, 100 commands each: none mixed up, memory flat`, () =>
    many(words, environmentWith(path)));
}

async function many(words: DialectWords, env: Record<string, string>): Promise<void> {
  // In memory: ext4 without a journal looks for seconds for inodes that were not in use lately, where earlier tests have
  // removed thousands of files, and what is measured here is not the disk.
  using box = new Sandbox(existsSync('/dev/shm') ? '/dev/shm' : tmpdir());
  using home = openHome(box.file('data'), env);
  await using server = await home.serve('--keep-jobs', '10000');

  /** Every command adds its own number to a variable of the session, and prints all of it. */
  const submit = (session: number, number: number): Promise<string> =>
    server.exec(
      [
        words.set('seen', `$seen ${session}.${number}`),
        'echo "$seen"',
        words.complain(`${session}.${number}`),
        words.endQuickly(number),
      ].join('; '),
      {
        mode: 'persistent_shell',
        sessionKey: `session ${session}`,
        shell: words.name,
      },
    );
  const everyone = async (from: number, to: number): Promise<void> => {
    const sessions = Array.from({ length: SESSIONS }, async (_, session) => {
      const ids: string[] = [];
      for (let number = from; number < to; number += 1) ids.push(await submit(session, number));
      const done = await Promise.all(ids.map((id) => server.finished(id, TIMEOUT_MS)));
      const seen = (upTo: number) => Array.from({ length: upTo + 1 }, (__, index) => ` ${session}.${index}`).join('');
      expect(done.map(({ stdout, stderr, exitCode }) => ({ stdout, stderr, exitCode }))).toEqual(
        ids.map((_id, index) => ({
          stdout: `${seen(from + index)}\n`,
          stderr: `${session}.${from + index}\n`,
          exitCode: from + index,
        })),
      );
    });
    await Promise.all(sessions);
  };

  // One after another: each of them takes a second of a processor to start.
  for (let session = 0; session < SESSIONS; session += 1) await server.finished(await submit(session, 0), TIMEOUT_MS);
  await everyone(1, COMMANDS / 4);
  const before = server.memory;
  await everyone(COMMANDS / 4, COMMANDS);
  // What is garbage by now goes when the collector comes round.
  await waitFor(`growth below ${MAX_GROWTH} bytes`, () => server.memory - before < MAX_GROWTH);

  expect(await server.health()).toMatchObject({
    persistent_shell_sessions: SESSIONS,
    jobs: SESSIONS * COMMANDS,
    jobs_active: 0,
  });
}
