/** install.ps1, run by a real PowerShell: installed, run again, upgraded, removed, in all the ways that it is called. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { readFileSync, statSync } from 'node:fs';
import { PowerShellWorld, whyNoPowerShell } from './powershell-world.ts';
import { ReleaseServer } from './release-server.ts';
import { scriptText } from './release.ts';

if (whyNoPowerShell !== undefined) console.log(`install.ps1: skipped, ${whyNoPowerShell}`);
// PowerShell takes half a second to start, and more on a busy machine.
setDefaultTimeout(60_000);

const FILE = 'agent-server-windows-x64.exe';

describe.skipIf(whyNoPowerShell !== undefined)('install.ps1', () => {
  test('installs from a release server, has nothing to do the second time, upgrades, and removes it all again', async () => {
    using world = new PowerShellWorld();
    const folder = world.release().folder;
    await using server = await ReleaseServer.start(folder);
    const script = world.release({ url: server.url }).script('install.ps1');
    world.keep('path', String.raw`%USERPROFILE%\bin;C:\Tools`);

    const install = await world.run(script);
    expect(install).toMatchObject({ code: 0, err: '' });
    expect(install.out).toContain(`1.0.0 is at ${world.executable} now`);
    expect(install.last).toBe(
      'agent-server: Run it: agent-server serve --wrapper  Console: http://127.0.0.1:8585  ' +
        `Key: ${world.local}/devpilot-agent/api_key`,
    );
    expect(world.files).toEqual(['Programs/agent-server/agent-server.exe']);
    expect(readFileSync(world.executable)).toEqual(readFileSync(`${folder}/${FILE}`));
    // Its %VARIABLES% stay what they are.
    const path = String.raw`%USERPROFILE%\bin;C:\Tools;` + world.folder;
    expect(world.kept('path')).toBe(path);
    const inode = statSync(world.executable).ino;

    const again = await world.run(script);
    expect(again).toMatchObject({ code: 0, err: '' });
    expect(again.out).toContain(`1.0.0 is at ${world.executable} already\nagent-server: nothing to do\n`);
    expect([statSync(world.executable).ino, world.kept('path')]).toEqual([inode, path]);
    expect(server.asked).toEqual([`/${FILE}`]);

    const second = world.release({ version: '1.10.0' }).script('install.ps1');
    const upgrade = await world.run(second);
    expect(upgrade).toMatchObject({ code: 0, err: '' });
    expect(upgrade.out).toContain(`1.10.0 is at ${world.executable} now, instead of 1.0.0`);
    expect(world.files).toEqual(['Programs/agent-server/agent-server.exe']);

    // The update engine leaves these beside it.
    for (const name of ['old-1.0.0.exe', 'new-2.0.0.exe', 'update.json', 'update.lock'])
      world.write(`Programs/agent-server/agent-server.${name}`, '');
    world.write('devpilot-agent/api_key', 'key');
    world.write('agent-server/jobs/1/stdout', 'output');
    world.calls();
    const removal = await world.run(second, '-Uninstall');
    expect(removal).toMatchObject({ code: 0, err: '' });
    expect(removal.last).toContain('stay; to remove them too: -Uninstall -Purge');
    expect(world.files).toEqual(['agent-server/jobs/1/stdout', 'devpilot-agent/api_key']);
    expect(world.kept('path')).toBe(String.raw`%USERPROFILE%\bin;C:\Tools`);
    expect(world.calls()).toEqual(['stop all']);
    const purge = await world.run(second, '-Uninstall', '-Purge');
    expect(purge).toMatchObject({ code: 0, err: '', last: 'agent-server: nothing of it is left' });
    expect(world.files).toEqual([]);
    const nothing = await world.run(second, '-Uninstall');
    expect(nothing.last).toBe(`agent-server: nothing to remove: there is none at ${world.executable}`);
  });

  test('run by iex takes its options from variables, and leaves nothing in the session', async () => {
    using world = new PowerShellWorld();
    world.release();
    const script = world.release({ version: '2.0.0' }).script('install.ps1');
    world.env['AGENT_SERVER_INSTALL_TUNNEL'] = '1';
    world.env['AGENT_SERVER_INSTALL_DIR'] = `${world.local}/Tools of mine`;
    const run = await world.session(
      script,
      // Names that the script uses too, with values of the caller's.
      '$Dir = 7; $Name = "mine"; $text = "mine"; $Given = "mine"',
      '[Net.ServicePointManager]::SecurityProtocol = "Tls11"',
      'function State { (Get-Variable | Where-Object { $_.Name -notmatch "^([?^$_]|args|input|MyInvocation|PSItem|before|LASTEXITCODE|StackTrace|Error)$" } | ForEach-Object { "$($_.Name)=$($_.Value)" }) + (Get-ChildItem function: | ForEach-Object { $_.Name }) -join "`n" }',
      '$before = State',
      'Script | Invoke-Expression',
      'if ($before -ne (State)) { "changed:"; Compare-Object ($before -split "`n") ((State) -split "`n") }',
      '"protocols: $([Net.ServicePointManager]::SecurityProtocol)"',
      '"path: $(($env:Path -split ";")[-1])"',
      // An error is one that the caller can catch, and the session goes on.
      '$env:AGENT_SERVER_INSTALL_START = "sometimes"',
      'try { Script | Invoke-Expression } catch { "caught: $_" }',
      '"preferences: $ErrorActionPreference"',
    );
    expect(run).toMatchObject({ code: 0, err: '' });
    expect(run.out).toContain('Run it: agent-server serve --wrapper --tunnel  Console');
    expect(run.out).not.toContain('changed:');
    expect(run.out).toContain('protocols: Tls11\n');
    // In this session it is on the PATH at once.
    expect(run.out).toContain(`path: ${world.local}/Tools of mine\n`);
    expect(run.out).toContain("caught: agent-server: -Start is 'sometimes': use logon, boot or no\n");
    expect(run.last).toBe('preferences: Continue');
  });

  test('run by iex within somebody’s script does not take the arguments of that', async () => {
    using world = new PowerShellWorld();
    const script = world.release().script('install.ps1');
    const run = await world.session(
      script,
      'Set-StrictMode -Version Latest',
      'function Install-Machine { Script | Invoke-Expression }',
      'Install-Machine -Uninstall',
      'function Install-Other { [CmdletBinding()] param([switch] $Uninstall) Invoke-Expression (Script) }',
      'Install-Other -Uninstall',
    );
    expect(run).toMatchObject({ code: 0, err: '' });
    expect(run.out).toContain(`1.0.0 is at ${world.executable} now`);
    expect(run.out).toContain('nothing to do');
  });

  test('as a script block and as a file takes options', async () => {
    using world = new PowerShellWorld();
    const script = world.release().script('install.ps1');
    const dir = `${world.local}/a 'b'`;
    const block = await world.session(
      script,
      `& ([scriptblock]::Create((Script))) -Dir "${dir}" -NoPath -Register "https://fleet.example/?a=1&b=2" -Name:Box`,
      `& '${script}' -Dir "${dir}" -NoPath`,
    );
    expect(block).toMatchObject({ code: 0, err: '' });
    expect(block.out).toContain('serve --wrapper --register "https://fleet.example/?a=1&b=2" --name Box  Console');
    expect(block.out).toContain('nothing to do');
    expect(world.files).toEqual(["a 'b'/agent-server.exe"]);
    expect(world.kept('path')).toBeUndefined();
  });

  test('-DryRun says what it would do, and does nothing', async () => {
    using world = new PowerShellWorld();
    const script = world.release().script('install.ps1');
    const run = await world.run(script, '-DryRun', '-Start', 'logon');
    expect(run).toMatchObject({ code: 0, err: '', last: 'agent-server: this was a dry run: nothing was changed' });
    expect(run.out).toContain(`dry run, not done: getting ${FILE}`);
    expect(run.out).toContain(`dry run, not done: adding ${world.folder} to your PATH`);
    expect(run.out).toContain('dry run, not done: starting it now and at every logon');
    expect([world.files, world.calls(), world.kept('path')]).toEqual([[], [], undefined]);
    await world.run(script);
    const files = world.files;
    const removal = await world.run(script, '-Uninstall', '-DryRun');
    expect(removal.out).toContain(`dry run, not done: removing ${world.executable}`);
    expect([world.files, world.calls()]).toEqual([files, []]);
  });

  test('-Help tells every option and variable', async () => {
    using world = new PowerShellWorld();
    const run = await world.run(world.unpinned, '-Help');
    expect(run).toMatchObject({ code: 0, err: '' });
    const names = scriptText('install.ps1').match(/(?<=\(Get-Setting '|\(Test-Setting ')[A-Z_]+/g) ?? [];
    expect(names.length).toBe(10);
    for (const name of names) expect(run.out).toContain(` AGENT_SERVER_INSTALL_${name} `);
  });

  test('from no release says that nothing is pinned, and has the executable check its release', async () => {
    using world = new PowerShellWorld();
    const release = world.release();
    await using server = await ReleaseServer.start(release.folder);
    const nowhere = await world.run(world.unpinned);
    expect(nowhere.code).toBe(1);
    expect(nowhere.err).toContain('give it a release with -From');
    const first = await world.run(world.unpinned, '-From', server.url);
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out).toContain('nothing is pinned in this script');
    expect(server.asked).toEqual(['/manifest.json', '/manifest.json.minisig', `/${FILE}`]);
    const again = await world.run(world.unpinned, '-From', release.folder);
    expect(again.out).toContain('already\nagent-server: nothing to do\n');
    const refused = await world.run(
      world.unpinned,
      '-From',
      world.release({ version: '2.0.0', accepted: false }).folder,
    );
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('is no release that this executable accepts. Nothing was changed');
    expect(world.read('Programs/agent-server/agent-server.exe')).toContain('of release 1.0.0');
  });
});
