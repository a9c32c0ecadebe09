/** install.ps1 makes Windows start the server by itself: the scheduled task, and the file that it runs. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { PowerShellWorld, whyNoPowerShell } from './powershell-world.ts';

if (whyNoPowerShell !== undefined) console.log(`install.ps1 and scheduled tasks: skipped, ${whyNoPowerShell}`);
setDefaultTimeout(60_000);

const START = 'Programs/agent-server/agent-server.start.cmd';
const OPTIONS = ['-Tunnel', '-Register', 'https://fleet.example/?team=a&box=%20', '-Name', 'My Box'];

/** The text between the tags of one element. */
const element = (xml: string | undefined, name: string) =>
  new RegExp(`<${name}>([^]*?)</${name}>`).exec(xml ?? '')?.[1];

describe.skipIf(whyNoPowerShell !== undefined)('install.ps1', () => {
  test('-Start logon registers a task of the user, starts it, and touches it again only when something changes', async () => {
    using world = new PowerShellWorld();
    const script = world.release().script('install.ps1');
    const first = await world.run(script, '-Start', 'logon', ...OPTIONS);
    expect(first).toMatchObject({ code: 0, err: '' });
    const registering = "'agent-server register' shows the code that registers it;";
    expect(first.last).toContain(`It is running; ${registering} 'agent-server doctor' checks it.`);
    expect(world.calls()).toEqual([expect.stringMatching(/^register agent-server-\w+$/), 'stop', 'start']);
    const xml = world.kept('task.xml');
    expect(element(xml, 'LogonTrigger')).toBe('<Enabled>true</Enabled><UserId>S-1-5-21-1-2-3-1001</UserId>');
    expect(element(xml, 'LogonType')).toBe('InteractiveToken');
    expect(element(xml, 'RunLevel')).toBe('LeastPrivilege');
    expect(element(xml, 'ExecutionTimeLimit')).toBe('PT0S');
    // A window that somebody closes would end the server.
    expect(element(xml, 'Command')).toEndWith('powershell.exe');
    expect(element(xml, 'Arguments')).toContain(`-WindowStyle Hidden -Command &quot;&amp; &apos;`);
    expect(world.read(START)).toContain(
      '\r\n"%~dp0agent-server.exe" serve --wrapper --tunnel --register "https://fleet.example/?team=a&box=%%20" --name "My Box" >>"%~dp0agent-server.log" 2>&1 & call exit %%errorlevel%%\r\n',
    );

    const again = await world.run(script, '-Start', 'logon', ...OPTIONS);
    expect(again.out).toContain('nothing to do');
    expect(world.calls()).toEqual([]);
    const upgrade = await world.run(world.release({ version: '2.0.0' }).script('install.ps1'));
    expect(upgrade.out).toContain('restarting the server');
    expect(world.calls()).toEqual(['stop', 'start']);
    expect(world.kept('task.xml')).toBe(xml);
    await world.run(script, '-Start', 'logon');
    expect(world.calls()).toEqual([expect.stringMatching(/^register /), 'stop', 'start']);
    expect(world.read(START)).toContain('agent-server.exe" serve --wrapper >>');

    const removal = await world.run(script, '-Uninstall');
    expect(removal).toMatchObject({ code: 0, err: '' });
    // First the task, so that it does not start the server again.
    expect(world.calls()).toEqual(['unregister', 'stop', 'stop all']);
    expect(world.files).toEqual([]);
  });

  test('-Start boot, by an administrator, registers a task without a logon; -Start no takes it back', async () => {
    using world = new PowerShellWorld();
    world.env['STAND_IN_ELEVATED'] = '1';
    const script = world.release().script('install.ps1');
    expect(await world.run(script, '-Start', 'boot', '-Dir', `${world.local}/R&D (it's)`)).toMatchObject({
      code: 0,
      err: '',
    });
    const xml = world.kept('task.xml');
    expect(element(xml, 'BootTrigger')).toBe('<Enabled>true</Enabled>');
    expect(element(xml, 'LogonType')).toBe('S4U');
    expect(element(xml, 'Command')).toEndWith('cmd.exe');
    expect(element(xml, 'Arguments')).toBe(
      `/d /c &quot;&quot;${world.local}/R&amp;D (it&apos;s)/agent-server.start.cmd&quot;&quot;`,
    );
    world.calls();
    await world.run(script, '-Start', 'no', '-Dir', `${world.local}/R&D (it's)`);
    expect(world.calls()).toEqual(['unregister', 'stop']);
    expect(world.files).toEqual(["R&D (it's)/agent-server.exe"]);
  });

  test('that Windows does not let register a task says what to do', async () => {
    using world = new PowerShellWorld();
    world.env['STAND_IN_TASK_REFUSED'] = '1';
    const run = await world.run(world.release().script('install.ps1'), '-Start', 'logon');
    expect(run.code).toBe(1);
    expect(run.err).toContain(
      'is in place, but Windows did not take the scheduled task: Access is denied. Run this again in an elevated PowerShell',
    );
    expect(world.files).toEqual(['Programs/agent-server/agent-server.exe']);
  });
});
