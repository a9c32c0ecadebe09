/** install.sh, run for real: installed, run again, upgraded, removed. */
import { describe, expect, test } from 'bun:test';
import { accessSync, constants, mkdirSync, readFileSync, statSync } from 'node:fs';
import { Home } from './home.ts';
import { ReleaseServer } from './release-server.ts';
import { scriptPath } from './release.ts';
import { here, whyNoShell } from './shells.ts';

if (whyNoShell !== undefined) console.log(`install.sh: skipped, ${whyNoShell}`);

const UNTOUCHED = ['.profile'];

describe.skipIf(whyNoShell !== undefined).each(here.map((shell) => [shell.join(' '), shell] as const))(
  'install.sh in %s',
  (_, shell) => {
    test('installs from a release server, has nothing to do the second time, upgrades, and removes it all again', async () => {
      using home = new Home();
      home.write('.profile', '# mine');
      const first = home.release();
      await using server = await ReleaseServer.start(first.folder);
      const script = makeScript(home, server.url);

      const install = await home.run(script, [], { shell });
      expect(install).toMatchObject({ code: 0, err: '' });
      expect(install.out).toContain(`1.0.0 is at ${home.executable} now`);
      expect(install.last).toBe(
        `agent-server: Open a new terminal, or '. ${home.file('.profile')}'. Run it: agent-server serve --wrapper  ` +
          `Console: http://127.0.0.1:8585  Key: ${home.file('devpilot-agent/api_key')}`,
      );
      expect(home.files).toEqual(['.bashrc', '.local/bin/agent-server', '.profile']);
      expect(readFileSync(home.executable)).toEqual(readFileSync(`${first.folder}/agent-server-linux-x64`));
      accessSync(home.executable, constants.X_OK);
      expect(await commandFrom(home, '.profile')).toBe(home.executable);
      expect(await commandFrom(home, '.bashrc')).toBe(home.executable);
      const [profile, inode] = [home.read('.profile'), statSync(home.executable).ino];
      expect(profile).toStartWith('# mine\n# >>> agent-server >>>\n');

      const again = await home.run(script, [], { shell });
      expect(again).toMatchObject({ code: 0, err: '' });
      expect(again.out).toContain(`1.0.0 is at ${home.executable} already\nagent-server: nothing to do\n`);
      expect(home.read('.profile')).toBe(profile);
      expect(statSync(home.executable).ino).toBe(inode);
      expect(server.asked).toEqual(['/agent-server-linux-x64']);

      const second = home.release({ version: '1.10.0' });
      const upgrade = await home.run(second.script('install.sh'), [], { shell });
      expect(upgrade).toMatchObject({ code: 0, err: '' });
      expect(upgrade.out).toContain(`1.10.0 is at ${home.executable} now, instead of 1.0.0`);
      expect(home.read('.profile')).toBe(profile);

      // The update engine leaves these beside it.
      for (const name of ['old-1.0.0', 'new-2.0.0', 'update.json', 'update.lock'])
        home.write(`.local/bin/agent-server.${name}`, '');
      home.write('.local/bin/agent-servers-guide', 'somebody else’s');
      home.write('devpilot-agent/api_key', 'key');
      home.write('.local/state/agent-server/jobs/1/stdout', 'output');
      const removal = await home.run(second.script('install.sh'), ['--uninstall'], { shell });
      expect(removal).toMatchObject({ code: 0, err: '' });
      expect(removal.last).toContain('stay; to remove them too: --uninstall --purge');
      expect(home.files).toEqual([
        '.local/bin/agent-servers-guide',
        '.local/state/agent-server/jobs/1/stdout',
        '.profile',
        'devpilot-agent/api_key',
      ]);
      expect(home.read('.profile')).toBe('# mine\n');

      const purge = await home.run(second.script('install.sh'), ['--uninstall', '--purge'], { shell });
      expect(purge).toMatchObject({ code: 0, err: '' });
      expect(purge.last).toBe('agent-server: nothing of it is left');
      expect(home.files).toEqual(['.local/bin/agent-servers-guide', '.local/state', '.profile']);
      const nothing = await home.run(second.script('install.sh'), ['--uninstall'], { shell });
      expect(nothing.last).toBe(`agent-server: nothing to remove: there is none at ${home.executable}`);
    });

    test('reads it from a pipe, with its options', async () => {
      using home = new Home();
      const release = home.release();
      const run = await home.run(
        release.script('install.sh'),
        ['--dir', 'tools', '--no-path', '--tunnel', '--name=My Box'],
        { shell, piped: true },
      );
      expect(run).toMatchObject({ code: 0, err: '' });
      expect(run.last).toContain('Run it: agent-server serve --wrapper --tunnel --name "My Box"  Console:');
      expect(home.files).toEqual(['tools/agent-server']);
    });
  },
);

describe.skipIf(whyNoShell !== undefined)('what install.sh is told', () => {
  test('comes by variables too, and an option comes before them', async () => {
    using home = new Home();
    const release = home.release();
    const env = {
      AGENT_SERVER_INSTALL_FROM: release.folder,
      AGENT_SERVER_INSTALL_DIR: home.file('from variable'),
      AGENT_SERVER_INSTALL_NO_PATH: '1',
      AGENT_SERVER_INSTALL_TUNNEL: 'no',
      AGENT_SERVER_INSTALL_REGISTER: 'https://fleet.example/?a=1',
    };
    const run = await home.run(scriptPath('install.sh'), ['--dir', home.file('from option')], { env });
    expect(run.code).toBe(0);
    expect(run.last).toContain('serve --wrapper --register "https://fleet.example/?a=1"  Console');
    expect(home.files).toEqual(['from option/agent-server']);
    const removal = await home.run(scriptPath('install.sh'), ['--dir', home.file('from option')], {
      env: { AGENT_SERVER_INSTALL_UNINSTALL: 'yes' },
    });
    expect(removal.code).toBe(0);
    expect(home.files).toEqual(['from option']);
  });

  test.each([
    [['--nonsense'], 'there is no option --nonsense: see --help'],
    [['--start'], '--start needs a value: see --help'],
    [['--start', 'sometimes'], "--start is 'sometimes': use logon, boot or no"],
    [['--purge'], '--purge goes with --uninstall'],
    [['--name', 'a"b'], 'has other characters than letters, digits, spaces and . _ -'],
    [['--register', 'fleet.example'], "--register 'fleet.example' is no web address"],
    [['--register', 'https://a/$(reboot)'], 'has characters that an address cannot have'],
    [['--dir', '/tmp/a$b'], 'has characters that cannot be used here'],
  ])('%p is refused', async (args, message) => {
    using home = new Home();
    const run = await home.run(home.release().script('install.sh'), args);
    expect(run).toMatchObject({ code: 1, out: '' });
    expect(run.err).toContain(message);
    expect(home.files).toEqual([]);
  });

  test('a variable that is neither on nor off is refused', async () => {
    using home = new Home();
    const run = await home.run(home.release().script('install.sh'), [], {
      env: { AGENT_SERVER_INSTALL_TUNNEL: 'perhaps' },
    });
    expect(run).toMatchObject({ code: 1, err: "agent-server: AGENT_SERVER_INSTALL_TUNNEL is 'perhaps': use 1 or 0\n" });
  });

  test('--help tells every option and variable', async () => {
    using home = new Home();
    const run = await home.run(scriptPath('install.sh'), ['--help']);
    expect(run).toMatchObject({ code: 0, err: '' });
    const text = readFileSync(scriptPath('install.sh'), 'utf8');
    for (const variable of text.match(/AGENT_SERVER_INSTALL_[A-Z_]+/g) ?? []) expect(run.out).toContain(variable);
  });

  test('--dry-run says what it would do, and does nothing', async () => {
    using home = new Home();
    home.write('.profile', '');
    const release = home.release();
    const run = await home.run(release.script('install.sh'), ['--dry-run', '--start', 'boot']);
    expect(run).toMatchObject({ code: 0, err: '' });
    expect(run.out).toContain('dry run, not done: getting');
    expect(run.out).toContain(
      `dry run, not done: adding ${home.file('.local/bin')} to the PATH in ${home.file('.profile')}`,
    );
    expect(run.out).toContain('dry run, not done: starting it now and at every boot');
    expect(run.last).toBe('agent-server: this was a dry run: nothing was changed');
    expect(home.files).toEqual(UNTOUCHED);
    await home.run(release.script('install.sh'), []);
    const files = home.files;
    const removal = await home.run(release.script('install.sh'), ['--dry-run', '--uninstall']);
    expect(removal.out).toContain(`dry run, not done: removing ${home.executable}`);
    expect(home.files).toEqual(files);
    expect(home.calls().filter((call) => !/show-(environment|user)/.test(call))).toEqual([]);
  });
});

describe.skipIf(whyNoShell !== undefined)('a script from no release', () => {
  test('says that nothing is pinned, has the executable check its release, and does nothing when that is there already', async () => {
    using home = new Home();
    const release = home.release();
    await using server = await ReleaseServer.start(release.folder);
    const first = await home.run(scriptPath('install.sh'), ['--from', server.url]);
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out).toContain('nothing is pinned in this script');
    expect(server.asked).toEqual(['/manifest.json', '/manifest.json.minisig', '/agent-server-linux-x64']);
    const again = await home.run(scriptPath('install.sh'), ['--from', release.folder]);
    expect(again.out).toContain('already\nagent-server: nothing to do\n');
  });

  test('and no place to take one from changes nothing', async () => {
    using home = new Home();
    const run = await home.run(scriptPath('install.sh'));
    expect(run).toMatchObject({ code: 1, out: '' });
    expect(run.err).toContain('give it a release with --from');
    const missing = await home.run(scriptPath('install.sh'), ['--from', home.beside('nowhere')]);
    expect(missing.err).toContain(`there is no folder ${home.beside('nowhere')}`);
    expect(home.files).toEqual([]);
  });

  test('does not put in place what the executable refuses', async () => {
    using home = new Home();
    const release = home.release({ accepted: false });
    const run = await home.run(scriptPath('install.sh'), ['--from', release.folder]);
    expect(run.code).toBe(1);
    expect(run.err).toContain('signed by a stranger');
    expect(run.err).toContain('Nothing was changed');
    expect(home.files).toEqual([]);
  });
});

/** The script of a release that is served there. */
function makeScript(home: Home, url: string): string {
  return home.release({ url }).script('install.sh');
}

/** Where a shell that has read that file finds the command. */
async function commandFrom(home: Home, profile: string): Promise<string> {
  mkdirSync(home.beside('elsewhere'), { recursive: true });
  const env = { ...home.environment, PATH: '/usr/bin:/bin' };
  const shell = Bun.spawn(['sh', '-c', '. "$1"; command -v agent-server', 'sh', home.file(profile)], {
    env,
    stdout: 'pipe',
  });
  return (await new Response(shell.stdout).text()).trim();
}
