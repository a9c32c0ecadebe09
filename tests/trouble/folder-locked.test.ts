/** Somebody takes the permission to write from the data folder, and all folders in it, while the server runs. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { chmodSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openHome, PROGRAM, STORY_MS, type Home, type LiveServer } from './live-server.ts';

setDefaultTimeout(STORY_MS);

/** Root may write everywhere, unless these are taken from it. */
const BOUND = ['setpriv', '--bounding-set', '-dac_override,-dac_read_search,-fowner'];
const isRoot = process.getuid?.() === 0;
const launcher = isRoot ? BOUND : [];
const canBind = process.platform === 'linux' && (!isRoot || Bun.spawnSync([...BOUND, 'true']).exitCode === 0);
if (!canBind) console.log('tests/trouble/folder-locked.test.ts skipped: needs Linux, and setpriv as root');

function setModes(path: string, mode: number): void {
  const inside = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const { parentPath, name } of inside) chmodSync(join(parentPath, name), mode);
  chmodSync(path, mode);
}

async function errorOf(server: LiveServer, path: string, body: unknown): Promise<string> {
  const answer = await server.post(path, body);
  return `${answer.status}: ${((await answer.json()) as { error?: string }).error ?? ''}`;
}

async function portFinding(home: Home, server: LiveServer): Promise<unknown> {
  const child = Bun.spawn([...launcher, ...PROGRAM, 'doctor', '--json'], {
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: home.path,
      AGENT_SERVER_DATA_DIR: home.dataDir,
      AGENT_SERVER_KEY: server.key,
    },
    stdin: 'ignore',
  });
  const { findings } = (await new Response(child.stdout).json()) as { findings: { check: string }[] };
  return findings.find(({ check }) => check === 'port');
}

describe.skipIf(!canBind)('a data folder that cannot be written any more', () => {
  test('refuses what has to be stored with a sentence, and takes it again when it can be', async () => {
    using home = openHome(undefined, {}, launcher);
    await using server = await home.serve();
    const kept = await server.exec('echo kept');
    await server.finished(kept);
    const running = await server.exec('echo begun; read line; exit 3');
    await server.wrote(running, 'begun');
    setModes(home.dataDir, 0o500);
    const command = { command: 'echo never' };
    for (const body of [command, { ...command, mode: 'persistent_shell', shell: 'bash', sessionKey: 'new' }])
      expect(await errorOf(server, '/exec', body)).toMatch(
        /^507: the job could not be stored: EACCES: permission denied/,
      );
    expect(await errorOf(server, '/keys', { name: 'ci', scopes: ['observe'] })).toMatch(
      /^507: that could not be stored: EACCES/,
    );
    expect(await errorOf(server, '/terminals', { shell: 'bash' })).toMatch(
      /^507: the terminal could not be stored: EACCES: .*; let the user who runs the server write there$/,
    );
    expect(await errorOf(server, '/agents/sessions', { agent: 'true' })).toMatch(
      /^507: the session could not be stored: EACCES/,
    );
    expect(await server.job(kept)).toMatchObject({ stdout: 'kept\n' });
    const follower = await server.fetch(`/jobs/${running}/events`);
    expect(follower.status).toBe(507);
    expect(((await follower.json()) as { error: string }).error).toMatch(
      /^the events of the job could not be stored: EACCES: .*; let the user who runs the server write there$/,
    );
    expect((await server.health()).problems).toEqual([
      `nothing new can be stored in ${home.dataDir}: EACCES: permission denied`,
    ]);
    expect(await (await server.fetch('/metrics')).text()).toContain('\nagent_server_problems 1\n');
    expect(await portFinding(home, server)).toMatchObject({
      level: 'warn',
      message: expect.stringContaining('it reports: nothing new can be stored in '),
    });
    await server.post(`/jobs/${running}/input`, { data: 'go\n' });
    // The exit code has nowhere to go but the server's memory.
    expect(await server.finished(running)).toMatchObject({ exitCode: 3, stdout: 'begun\n' });

    setModes(home.dataDir, 0o700);
    expect(await (await server.fetch(`/jobs/${running}/events`)).text()).toContain('event: end');
    expect(await server.finished(await server.exec('echo fine'))).toMatchObject({ exitCode: 0, stdout: 'fine\n' });
    expect(await errorOf(server, '/keys', { name: 'ci', scopes: ['observe'] })).toBe('201: ');
    expect(await errorOf(server, '/terminals', { shell: 'bash' })).toBe('201: ');
    expect((await server.json<unknown[]>('/jobs')).length).toBe(3);
    expect((await server.health()).problems).toEqual([]);
  });

  test.each(['jobs', 'shells', 'terminals', 'agents/run', 'agents/sessions'])(
    'tells of %s alone, too',
    async (name) => {
      using home = openHome(undefined, {}, launcher);
      await using server = await home.serve();
      const folder = join(home.dataDir, name);
      chmodSync(folder, 0o500);
      expect((await server.health()).problems.join()).toContain(`stored in ${folder}: EACCES`);
      chmodSync(folder, 0o700);
      expect((await server.health()).problems).toEqual([]);
    },
  );
});
