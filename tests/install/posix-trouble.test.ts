/** install.sh when something is wrong: it says what to do, and everything is as it was before. */
import { describe, expect, test } from 'bun:test';
import { appendFileSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '../support/wait.ts';
import { finished, Home } from './home.ts';
import { onlyTool } from './only-tool.ts';
import { ReleaseServer } from './release-server.ts';
import { scriptPath } from './release.ts';
import { SmallDisk, smallDiskMissing } from '../support/small-disk.ts';
import { here, whyNoShell } from './shells.ts';

if (whyNoShell !== undefined) console.log(`install.sh in trouble: skipped, ${whyNoShell}`);

const FILE = 'agent-server-linux-x64';

/** Somebody who has 1.0.0, and a server that has 2.0.0. */
async function upgrading(): Promise<
  AsyncDisposable & { home: Home; server: ReleaseServer; folder: string; script: string }
> {
  const home = new Home();
  await home.run(home.release().script('install.sh'));
  const folder = home.beside('release-2.0.0');
  const server = await ReleaseServer.start(folder);
  const script = home.release({ version: '2.0.0', url: server.url }).script('install.sh');
  return {
    home,
    server,
    folder,
    script,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      home[Symbol.dispose]();
    },
  };
}

/** Names, bytes and times of all there is. */
const state = (home: Home) =>
  home.files.map((name) => [name, statSync(home.file(name)).mtimeMs, readFileSync(home.file(name), 'utf8')] as const);

describe.skipIf(whyNoShell !== undefined)('an upgrade by install.sh', () => {
  test('is refused when the bytes are not those that the script pins', async () => {
    await using world = await upgrading();
    const before = state(world.home);
    appendFileSync(join(world.folder, FILE), '\n');
    const run = await world.home.run(world.script);
    expect(run.code).toBe(1);
    expect(run.err).toContain(`${FILE} is not the file of release 2.0.0`);
    expect(state(world.home)).toEqual(before);
  });

  test.each(['curl', 'wget', 'busybox wget'])('ends when the download is cut off (%s)', async (tool) => {
    await using world = await upgrading();
    if (!onlyTool(world.home, tool)) return;
    const before = state(world.home);
    world.server.trouble(FILE, 'cut');
    const run = await world.home.run(world.script);
    expect(run.code).toBe(1);
    expect(run.err).toMatch(/could not get http:.*Nothing was changed|is not the file of release 2\.0\.0/);
    expect(state(world.home)).toEqual(before);
  });

  test.each(['curl', 'wget', 'busybox wget'])('works with %s alone', async (tool) => {
    await using world = await upgrading();
    if (!onlyTool(world.home, tool)) return;
    expect(await world.home.run(world.script)).toMatchObject({ code: 0, err: '' });
    expect(world.home.read('.local/bin/agent-server')).toContain('of release 2.0.0');
  });

  test('says so when neither is there', async () => {
    await using world = await upgrading();
    onlyTool(world.home, undefined);
    const run = await world.home.run(world.script);
    expect(run).toMatchObject({ code: 1, err: 'agent-server: this needs curl or wget: install one of them\n' });
  });

  test('ends when the file is not on the server', async () => {
    await using world = await upgrading();
    const before = state(world.home);
    rmSync(join(world.folder, FILE));
    const run = await world.home.run(world.script);
    expect(run.code).toBe(1);
    expect(run.err).toContain(`could not get ${world.server.url}/${FILE} (exit code 22)`);
    expect(run.err).toContain('404');
    expect(state(world.home)).toEqual(before);
  });

  test('does not follow a server on this machine to another one without https', async () => {
    await using world = await upgrading();
    const before = state(world.home);
    await using other = await ReleaseServer.start(world.folder);
    world.server.trouble(FILE, { redirect: `${other.url}/${FILE}` });
    const run = await world.home.run(world.script);
    expect(run.code).toBe(1);
    expect(run.err).toContain('Nothing was changed');
    expect(other.asked).toEqual([]);
    expect(state(world.home)).toEqual(before);
  });

  test.each(here.map((shell) => [shell.join(' '), shell] as const))(
    'leaves nothing when it is ended in the middle of a download (%s)',
    async (_, shell) => {
      await using world = await upgrading();
      const before = state(world.home);
      world.server.trouble(FILE, 'stall');
      const run = world.home.start(world.script, [], { shell });
      await waitFor('half of the download', () => world.server.asked.includes(`/${FILE}`));
      run.kill('SIGTERM');
      expect((await finished(run)).code).toBe(143);
      expect(state(world.home)).toEqual(before);
      // The download itself too: its end of the connection is closed.
      await waitFor('the end of the connection', () => world.server.connections === 0);
    },
  );

  test('does not go back to an earlier version', async () => {
    await using world = await upgrading();
    await world.home.run(world.script);
    const before = state(world.home);
    const pinned = await world.home.run(world.home.release().script('install.sh'));
    expect(pinned.code).toBe(0);
    expect(pinned.out).toContain(`2.0.0 is at ${world.home.executable}, which is newer: it stays`);
    expect(pinned.out).not.toContain('getting');
    const unpinned = await world.home.run(scriptPath('install.sh'), ['--from', world.home.beside('release-1.0.0')]);
    expect(unpinned.out).toContain('which is newer: it stays');
    expect(state(world.home)).toEqual(before);
    const candidate = world.home.release({ version: '2.0.0-rc.1' });
    expect((await world.home.run(candidate.script('install.sh'))).out).toContain('which is newer: it stays');
  });

  test('is refused when the new one does not run here', async () => {
    await using world = await upgrading();
    const before = state(world.home);
    const broken = world.home.release({ version: '3.0.0', runs: false });
    const run = await world.home.run(broken.script('install.sh'));
    expect(run).toMatchObject({ code: 1 });
    expect(run.err).toContain(`${FILE} does not run on this machine`);
    expect(state(world.home)).toEqual(before);
  });
});

const whyNoDisk = whyNoShell ?? smallDiskMissing();
if (whyNoDisk !== undefined)
  console.log(`install.sh on a full disk: skipped, no small disk can be mounted here (${whyNoDisk})`);

test.skipIf(whyNoDisk !== undefined)('a full disk leaves install.sh’s target as it was', async () => {
  using disk = new SmallDisk();
  using home = new Home();
  const release = home.release();
  expect((await home.run(release.script('install.sh'), ['--dir', join(disk.path, 'bin')])).code).toBe(0);
  const second = home.release({ version: '2.0.0' });
  disk.fill();
  const run = await home.run(second.script('install.sh'), ['--dir', join(disk.path, 'bin')]);
  expect(run.code).toBe(1);
  expect(run.err).toContain('the space on the disk. Nothing was changed');
  disk.clear();
  expect(readFileSync(join(disk.path, 'bin/agent-server'), 'utf8')).toContain('of release 1.0.0');
});
