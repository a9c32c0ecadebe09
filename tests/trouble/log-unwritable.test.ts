/** What the server says on stderr arrives nowhere: a full disk, a collector of logs that has ended, a closed stream. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openHome, STORY_MS, type Home } from './live-server.ts';

setDefaultTimeout(STORY_MS);

const into = (redirection: string) => ['bash', '-c', `exec "$@" ${redirection}`, 'bash'];
const canRedirect = process.platform === 'linux' && Bun.which('bash') !== null;
if (!canRedirect) console.log('tests/trouble/log-unwritable.test.ts skipped: needs Linux and bash');

/** Every start of a server says a line about it. */
function leaveJobOfLaterVersion({ dataDir }: Home): void {
  const folder = join(dataDir, 'jobs', '0123456789ab');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'job.json'), '{"format":1000,"seq":1}');
}

describe.skipIf(!canRedirect)('a server whose log cannot be written', () => {
  test('would have said something, were it not for that', async () => {
    using home = openHome();
    leaveJobOfLaterVersion(home);
    await using server = await home.serve();
    expect(server.stderr).toContain('job folders of a later version');
  });

  test.each([
    ['because the disk is full', '2>/dev/full'],
    ['because nobody reads the pipe any more', '2> >(exec true)'],
    ['because stderr is closed', '2>&-'],
  ])('%s: works all the same', async (_, redirection) => {
    using home = openHome(undefined, {}, into(redirection));
    leaveJobOfLaterVersion(home);
    await using server = await home.serve();
    expect(await server.finished(await server.exec('echo out; exit 3'))).toMatchObject({
      exitCode: 3,
      stdout: 'out\n',
    });
    const session = { mode: 'persistent_shell', shell: 'bash', sessionKey: 'build' };
    expect(await server.finished(await server.exec('echo in', session))).toMatchObject({ exitCode: 0, stdout: 'in\n' });
    await server.post('/terminals', { shell: 'bash', name: 'one' });
    const executed = await server.post('/terminals/one/execute', { command: 'echo typed; (exit 4)', timeout: 20 });
    expect(await executed.json()).toMatchObject({ output: 'typed\n', exitCode: 4 });
    server.signal('SIGTERM');
    expect(await server.exited).toBe(0);
  });
});
