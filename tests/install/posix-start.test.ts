/** install.sh makes the system start the server by itself: what it writes, and what it tells systemd and launchd. */
import { describe, expect, test } from 'bun:test';
import { rmSync } from 'node:fs';
import { finished, Home } from './home.ts';
import { whyNoShell } from './shells.ts';

if (whyNoShell !== undefined) console.log(`install.sh and services: skipped, ${whyNoShell}`);

const USER_UNIT = '.config/systemd/user/agent-server.service';
const AGENT = 'Library/LaunchAgents/agent-server.plist';
const OPTIONS = ['--tunnel', '--register', 'https://fleet.example/?team=a&box=%20', '--name', 'My Box'];

/** What is asked, not told. */
const isQuestion = (call: string) => /show-(environment|user)|launchctl print/.test(call);
const orders = (home: Home) => home.calls().filter((call) => !isQuestion(call));
const setting = (unit: string, name: string) => unit.split('\n').filter((line) => line.startsWith(`${name}=`));

describe.skipIf(whyNoShell !== undefined)('on Linux, install.sh', () => {
  test('--start logon: a unit of the user, started at once, restarted by an upgrade and by other options alone', async () => {
    using home = new Home();
    const script = home.release().script('install.sh');
    const first = await home.run(script, ['--start', 'logon', ...OPTIONS]);
    expect(first).toMatchObject({ code: 0, err: '' });
    const registering = "'agent-server register' shows the code that registers it;";
    expect(first.last).toContain(`It is running; ${registering} 'agent-server doctor' checks it.`);
    const unit = home.read(USER_UNIT);
    expect(setting(unit, 'ExecStart')).toEqual([
      `ExecStart="${home.executable}" "serve" "--wrapper" "--tunnel" "--register" "https://fleet.example/?team=a&box=%%20" "--name" "My Box" `,
    ]);
    // Jobs outlive the server, and a server that was ended comes back.
    expect(unit).toContain('\nKillMode=process\n');
    expect(unit).toContain('\nRestart=on-failure\n');
    expect(unit).toContain('\nWantedBy=default.target\n');
    expect(setting(unit, 'Environment')).toEqual([
      `Environment="PATH=${home.environment['PATH']}:${home.file('.local/bin')}"`,
    ]);
    const started = ['daemon-reload', '--quiet enable agent-server.service', 'restart agent-server.service'];
    expect(orders(home)).toEqual(started.map((words) => `systemctl --user ${words}`));

    // From a shell with another PATH: that alone is no reason to end what runs in persistent shells.
    const env = { PATH: `${home.environment['PATH']}:/opt/more` };
    const again = await home.run(script, ['--start', 'logon', ...OPTIONS], { env });
    expect(again.out).toContain('nothing to do');
    expect(orders(home)).toEqual(['systemctl --user start agent-server.service']);
    expect(home.read(USER_UNIT)).toBe(unit);

    const upgrade = await home.run(home.release({ version: '2.0.0' }).script('install.sh'));
    expect(upgrade.out).toContain('restarting the service');
    expect(orders(home)).toEqual(['systemctl --user try-restart agent-server.service']);
    await home.run(home.release({ version: '3.0.0' }).script('install.sh'), ['--start', 'logon', ...OPTIONS]);
    expect(orders(home)).toEqual(['systemctl --user restart agent-server.service']);
    const options = await home.run(home.release({ version: '3.0.0' }).script('install.sh'), ['--start', 'logon']);
    expect(options.out).toContain('starting it now and at every logon');
    expect(setting(home.read(USER_UNIT), 'ExecStart')).toEqual([`ExecStart="${home.executable}" "serve" "--wrapper" `]);
    expect(orders(home)).toEqual(started.map((words) => `systemctl --user ${words}`));

    expect((await home.run(script, ['--uninstall'])).code).toBe(0);
    expect(orders(home)).toEqual([
      'systemctl --user --quiet disable --now agent-server.service',
      'systemctl --user daemon-reload',
    ]);
    expect(home.has(USER_UNIT)).toBe(false);
  });

  test('--start boot lets the user’s services run without a logon, and takes that back only if it did it itself', async () => {
    using home = new Home();
    const script = home.release().script('install.sh');
    const boot = await home.run(script, ['--start', 'boot']);
    expect(boot).toMatchObject({ code: 0, err: '' });
    expect(orders(home)[0]).toBe('loginctl enable-linger someone');
    home.recorded('loginctl', 'echo Linger=yes');
    expect((await home.run(script, ['--start', 'boot'])).out).toContain('nothing to do');
    expect(orders(home)).toEqual(['systemctl --user start agent-server.service']);
    await home.run(script, ['--start', 'no']);
    // Last: what runs for the user may end with it.
    expect(orders(home).at(-1)).toBe('loginctl disable-linger someone');

    // Now it is somebody else who wants it.
    await home.run(script, ['--start', 'boot']);
    await home.run(script, ['--uninstall']);
    expect(home.calls().filter((call) => call.includes('-linger'))).toEqual([]);
  });

  test('--start logon after --start boot takes the lingering back', async () => {
    using home = new Home();
    const script = home.release().script('install.sh');
    await home.run(script, ['--start', 'boot']);
    orders(home);
    await home.run(script, ['--start', 'logon']);
    expect(orders(home)[0]).toBe('loginctl disable-linger someone');
    expect(home.read(USER_UNIT)).not.toContain('lingering');
  });

  test('that may not turn on lingering says who can, and starts nothing', async () => {
    using home = new Home();
    home.recorded('loginctl', 'case $1 in enable-linger) echo "Access denied" >&2; exit 1 ;; esac');
    const run = await home.run(home.release().script('install.sh'), ['--start', 'boot']);
    expect(run.code).toBe(1);
    expect(run.err).toContain("Let an administrator run 'loginctl enable-linger someone' once, and run this again");
    expect(home.has(USER_UNIT)).toBe(false);
  });

  test.each([
    ['logon', 'systemctl', 'exit 1', 'systemd has no session of someone: log on as someone'],
    ['boot', 'loginctl', undefined, 'there is no loginctl here'],
    ['logon', 'systemctl', undefined, 'there is no systemd here'],
  ])('--start %s with %s that is %p is refused before anything is changed', async (when, command, line, message) => {
    using home = new Home();
    if (line === undefined) {
      const needed = ['awk', 'cat', 'cut', 'dirname', 'find', 'grep', 'sed', 'sh', 'sha256sum', 'tr'];
      home.onlyCommands(needed);
      rmSync(home.beside(`commands/${command}`));
    } else home.recorded(command, line);
    const run = await home.run(home.release().script('install.sh'), ['--start', when]);
    expect(run).toMatchObject({ code: 1, out: '' });
    expect(run.err).toContain(message);
    expect(home.files).toEqual([]);
  });

  test('leaves no unit behind that systemd does not start', async () => {
    using home = new Home();
    home.recorded('systemctl', 'case $* in *" restart "*) echo "Job failed." >&2; exit 1 ;; esac');
    const run = await home.run(home.release().script('install.sh'), ['--start', 'logon']);
    expect(run.code).toBe(1);
    expect(run.err).toContain('systemd did not start it (see above), so that it does not start by itself');
    expect(home.has(USER_UNIT)).toBe(false);
    expect(orders(home).slice(-2)).toEqual([
      'systemctl --user --quiet disable --now agent-server.service',
      'systemctl --user daemon-reload',
    ]);
  });
});

const whyNoNamespace = whyNoShell ?? whyNotRoot();
if (whyNoNamespace !== undefined) console.log(`install.sh --start boot as root: skipped, ${whyNoNamespace}`);

test.skipIf(whyNoNamespace !== undefined)('as root, install.sh --start boot makes a unit of the system', async () => {
  using home = new Home();
  home.command('id', 'case $1 in -u) echo 0 ;; -un) echo root ;; esac');
  const script = home.release().script('install.sh');
  home.write(
    'story.sh',
    `set -e
mount -t tmpfs tmpfs /etc/systemd/system
sh '${script}' --start logon
sh '${script}' --start boot --tunnel
cat /etc/systemd/system/agent-server.service
sh '${script}' --uninstall
ls /etc/systemd/system
`,
  );
  const story = await finished(
    Bun.spawn(['unshare', '-m', 'sh', home.file('story.sh')], {
      env: { ...home.environment, XDG_STATE_HOME: home.file('state') },
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'pipe',
    }),
  );
  expect(story).toMatchObject({ code: 0, err: '' });
  expect(story.out).toContain(`ExecStart="${home.executable}" "serve" "--wrapper" "--tunnel" \n`);
  expect(story.out).toContain('\nUser=root\n');
  expect(story.out).toContain(
    `\nEnvironment="HOME=${home.path}"\nEnvironment="XDG_STATE_HOME=${home.file('state')}"\n`,
  );
  expect(story.out).toContain('\nWantedBy=multi-user.target\n');
  expect(story.last).toBe('agent-server: nothing of it is left');
  expect(story.out).toContain('it runs as root: whoever has its key can do anything on this machine');
  // What it was before goes first: two would fight for one port.
  expect(orders(home).slice(3)).toEqual([
    'systemctl --user --quiet disable --now agent-server.service',
    'systemctl --user daemon-reload',
    'systemctl daemon-reload',
    'systemctl --quiet enable agent-server.service',
    'systemctl restart agent-server.service',
    'systemctl --quiet disable --now agent-server.service',
    'systemctl daemon-reload',
  ]);
});

describe.skipIf(whyNoShell !== undefined)('on macOS, install.sh', () => {
  function mac(): Home {
    const home = new Home();
    home.machine('Darwin', 'arm64');
    return home;
  }

  test('--start logon: an agent of the user', async () => {
    using home = mac();
    const script = home.release().script('install.sh');
    const first = await home.run(script, ['--start', 'logon', ...OPTIONS]);
    expect(first).toMatchObject({ code: 0, err: '' });
    const agent = home.read(AGENT);
    const words = [
      home.executable,
      'serve',
      '--wrapper',
      '--tunnel',
      '--register',
      'https://fleet.example/?team=a&amp;box=%20',
      '--name',
      'My Box',
    ];
    const [array = ''] = /<array>[^]*<\/array>/.exec(agent) ?? [];
    expect(Array.from(array.matchAll(/<string>(.*)<\/string>/g), ([, word]) => word)).toEqual(words);
    expect(agent).toContain('<key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>');
    expect(agent).toContain('<key>AbandonProcessGroup</key><true/>');
    expect(orders(home)).toEqual([
      'launchctl bootout gui/1000/agent-server',
      `launchctl bootstrap gui/1000 ${home.file(AGENT)}`,
    ]);
    expect((await home.run(script, ['--start', 'logon', ...OPTIONS])).out).toContain('nothing to do');
    expect(orders(home)).toEqual([]);
    await home.run(home.release({ version: '2.0.0' }).script('install.sh'));
    expect(orders(home)).toEqual(['launchctl kickstart -k gui/1000/agent-server']);
    await home.run(script, ['--uninstall']);
    expect(orders(home)).toEqual(['launchctl bootout gui/1000/agent-server']);
    expect(home.has(AGENT)).toBe(false);
  });

  test('over ssh, where nobody is at the screen, uses the domain of the user', async () => {
    using home = mac();
    home.recorded('launchctl', 'case $1 in print) exit 113 ;; esac');
    await home.run(home.release().script('install.sh'), ['--start', 'logon']);
    expect(orders(home)).toContain(`launchctl bootstrap user/1000 ${home.file(AGENT)}`);
  });

  test('--start boot is for root', async () => {
    using home = mac();
    const run = await home.run(home.release().script('install.sh'), ['--start', 'boot']);
    expect(run.code).toBe(1);
    expect(run.err).toContain("only root can set up on macOS: use 'sudo -H', or --start logon");
    expect(home.files).toEqual([]);
  });
});

/** Why units of the system cannot be tried in a place of their own, or undefined. */
function whyNotRoot(): string | undefined {
  if (process.platform !== 'linux') return 'it takes a mount of its own, as Linux has them';
  const { exitCode, stderr } = Bun.spawnSync(['unshare', '-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/etc/systemd/system']);
  return exitCode === 0 ? undefined : stderr.toString().trim();
}
