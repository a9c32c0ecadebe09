/** Persistent shells on the wire: what `POST /exec` takes, what `/health` and `/sessions` say. */
import { describe, expect, test } from 'bun:test';
import { mkdirSync } from 'node:fs';
import type { Door } from '../support/doors.ts';
import { Rig, type JobView } from '../support/rig.ts';
import { sharedRig } from './shared-rig.ts';
import { MODE, plainShell } from './session-shell.ts';

type Health = Readonly<Record<string, unknown>> & {
  readonly persistent_shell_shells: Record<string, boolean>;
  readonly shells: Record<string, boolean>;
};

export function sessionsSuite(door: Door): void {
  const shell = plainShell(door);
  const open = async (rig: Rig, sessionKey: string, command = rig.sessionCommands.print('x')): Promise<JobView> =>
    rig.run(command, { mode: MODE, sessionKey, shell });
  const pathOf = (key: string): string => `/sessions/${encodeURIComponent(key)}`;

  describe('1.3 persistent_shell: what is taken', () => {
    const rig = sharedRig(door);

    test('the record says which session it was, while it runs and after', async () => {
      const gate = rig().gate();
      const fields = { mode: MODE, sessionKey: 'labels', shell: shell.toUpperCase() };
      const id = await rig().exec(rig().sessionCommands.waitForFile(gate.path), fields);
      const labels = { mode: MODE, sessionKey: 'labels', shell };
      expect(await rig().running(id)).toMatchObject({ ...labels, processAlive: true });
      gate.open();
      expect(await rig().finished(id)).toMatchObject({
        ...labels,
        status: 'completed',
        exitCode: 0,
        processAlive: false,
      });
    });

    const spellings: [string, string][] = [
      ['pwsh', 'pwsh'],
      ['PWSH', 'pwsh'],
      ['Pwsh.EXE', 'pwsh'],
      ['powershell', 'powershell'],
      ['PowerShell.exe', 'powershell'],
      ['Windows-PowerShell', 'powershell'],
    ];
    test.each(spellings)('%s is %s; where it is missing, the answer or the job says so', async (spelling, name) => {
      const { persistent_shell_shells: shells } = await rig().get<Health>('/health');
      const request = { mode: MODE, sessionKey: `spelled ${spelling}`, shell: spelling };
      // On a machine without any PowerShell the inherited refusal comes before everything but mode and env.
      if (shells['pwsh'] !== true && shells['powershell'] !== true) {
        const { status, body } = await rig().ask('/exec', { json: request });
        expect({ status, body }).toEqual({ status: 400, body: { error: 'persistent shell is not available' } });
        return;
      }
      const done = await rig().run('exit 0', request);
      expect(done).toMatchObject({ mode: MODE, shell: name });
      expect({ status: done.status, stderr: done.stderr, exitCode: done.exitCode }).toEqual(
        shells[name] === true
          ? { status: 'completed', stderr: '', exitCode: 0 }
          : { status: 'failed', stderr: `shell is not available: ${name}`, exitCode: 1 },
      );
    });

    test('null is as good as absent for what may be absent', async () => {
      const fields = { env: null, workdir: null, bootstrapCommand: null, bootstrapCurrentCommand: null, timeout: null };
      const done = await rig().run(rig().sessionCommands.print('x'), {
        mode: MODE,
        sessionKey: 'nulls',
        shell,
        ...fields,
      });
      expect(done).toMatchObject({ status: 'completed', stdout: 'x\n' });
    });

    test('env and workdir begin a session, and later ones change nothing', async () => {
      const commands = rig().sessionCommands;
      const deeper = rig().path('deeper');
      mkdirSync(deeper, { recursive: true });
      const here = door.nativePath(deeper);
      const both = commands.chain(commands.printVariable('SEED'), commands.printWorkdir);
      const run = (fields: object) => rig().run(both, { mode: MODE, sessionKey: 'seeded', shell, ...fields });
      expect((await run({ env: { SEED: 'one' }, workdir: here })).stdout).toBe(`one\n${here}\n`);
      expect((await run({ env: { SEED: 'two' }, workdir: door.nativePath(rig().place.cwd) })).stdout).toBe(
        `one\n${here}\n`,
      );
    });

    test('a bootstrap has been run before the command that brings it, and is run again in the next process', async () => {
      const commands = rig().sessionCommands;
      const set = commands.setVariable('BOOT', 'up');
      const bootstrapCommand = commands.chain(commands.print('discarded'), commands.printError('heard'), set);
      const run = (command: string, fields: object = {}) =>
        rig().run(command, { mode: MODE, sessionKey: 'boots', shell, ...fields });
      const boot = commands.printVariable('BOOT');
      expect(await run(boot, { bootstrapCommand })).toMatchObject({ stdout: 'up\n', stderr: 'heard\n' });
      expect(await run(boot, { bootstrapCommand })).toMatchObject({ stdout: 'up\n', stderr: '' });
      expect(await run(commands.exit(5))).toMatchObject({ status: 'failed', exitCode: 5 });
      expect(await run(boot)).toMatchObject({ stdout: 'up\n', stderr: 'heard\n' });
      // Another text is run in the process that is there.
      const other = commands.setVariable('BOOT', 'other');
      expect(await run(boot, { bootstrapCommand: other })).toMatchObject({ stdout: 'other\n', stderr: '' });
      // This command is the bootstrap: it is not run before itself.
      const self = commands.chain(commands.print('once'), commands.setVariable('BOOT', 'self'));
      expect(await run(self, { bootstrapCurrentCommand: true })).toMatchObject({ stdout: 'once\n' });
      expect(await run(boot)).toMatchObject({ stdout: 'self\n' });
      await run(commands.exit(0));
      expect(await run(boot)).toMatchObject({ stdout: 'self\n' });
    });

    test('a bootstrap that fails fails its command, which is not run', async () => {
      const commands = rig().sessionCommands;
      const fields = { mode: MODE, sessionKey: 'unbooted', shell, bootstrapCommand: commands.exit(4) };
      const done = await rig().run(commands.print('ran'), fields);
      expect(done).toMatchObject({ status: 'failed', exitCode: 4, stdout: '' });
      expect(done.stderr).toContain('the command was not run');
    });

    test('a workdir that is missing: the command is not run, and the sentence is that of mode shell', async () => {
      const path = rig().path('missing');
      const workdir = door.nativePath(path);
      const failed = {
        status: 'failed',
        exitCode: 1,
        stdout: '',
        stderr: `working directory not found: ${workdir}`,
      };
      const fields = { mode: MODE, sessionKey: 'nowhere', shell, workdir };
      const { sessionCommands } = rig();
      expect(await rig().run(rig().commands.print('ran'), { workdir })).toMatchObject(failed);
      expect(await rig().run(sessionCommands.print('ran'), fields)).toMatchObject(failed);
      mkdirSync(path, { recursive: true });
      expect((await rig().run(sessionCommands.printWorkdir, fields)).stdout).toBe(`${workdir}\n`);
    });

    test('a timeout costs the session its process, not its name', async () => {
      const commands = rig().sessionCommands;
      const marker = rig().marker();
      const fields = { mode: MODE, sessionKey: 'late', shell };
      const command = commands.chain(commands.print('begun'), commands.hang(marker));
      expect(await rig().run(command, { ...fields, timeout: 0.5 })).toMatchObject({
        status: 'timeout',
        exitCode: -1,
        timedOut: true,
        stdout: 'begun\n',
        stderr: 'Command timed out',
      });
      expect(rig().marked(marker)).toEqual([]);
      expect(await rig().get<object>(pathOf('late'))).toMatchObject({ status: 'stopped', processAlive: false });
      expect((await rig().run(commands.print('back'), fields)).stdout).toBe('back\n');
    });

    test('another shell under the same key: the job says so', async () => {
      await open(rig(), 'taken');
      const { shells } = await rig().get<Health>('/health');
      const other = Object.keys(shells).find((name) => name !== shell && shells[name] === true);
      const missing = door.platform === 'posix' ? 'cmd' : 'sh';
      const done = await rig().run('x', { mode: MODE, sessionKey: 'taken', shell: other ?? missing });
      const why =
        other === undefined ? `shell is not available: ${missing}` : `session 'taken' already uses shell '${shell}'`;
      expect(done).toMatchObject({ status: 'failed', exitCode: 1, stdout: '', stderr: why });
    });

    test('a nudge after the end', async () => {
      const { jobId } = await open(rig(), 'nudged');
      expect(await rig().post(`/jobs/${jobId}/nudge`)).toEqual({
        nudged: false,
        reason: 'persistent session not running',
        processAlive: false,
      });
    });

    test('a retry under the same Idempotency-Key runs once', async () => {
      const commands = rig().sessionCommands;
      const ask = {
        json: { mode: MODE, sessionKey: 'retried', shell, command: commands.print('once') },
        headers: { 'idempotency-key': 'session-retry' },
      };
      const [first, second] = [await rig().ask('/exec', ask), await rig().ask('/exec', ask)];
      expect(second.body).toEqual(first.body);
      expect((await rig().ask('/exec', { ...ask, json: { ...ask.json, sessionKey: 'other' } })).status).toBe(409);
    });
  });

  describe('1.2 health and 1.5 sessions', () => {
    test('health says what there is and counts what is kept', async () => {
      await using rig = await Rig.start(door);
      const before = await rig.get<Health>('/health');
      const { pwsh, powershell } = before.persistent_shell_shells;
      expect(before.persistent_shell_shells).toEqual({ pwsh: expect.any(Boolean), powershell: expect.any(Boolean) });
      expect(before).toMatchObject({
        execution_modes: expect.arrayContaining(['shell', MODE]),
        persistent_shell_supported: pwsh === true || powershell === true,
        persistent_shell_default_shell: pwsh === true ? 'pwsh' : powershell === true ? 'powershell' : null,
        persistent_shell_sessions: 0,
        persistent_shell_max_sessions: 32,
        persistent_shell_idle_timeout_seconds: 0,
      });
      const names = ['pwsh', 'powershell', 'cmd', 'bash', 'zsh', 'sh'];
      expect(before.shells).toEqual(Object.fromEntries(names.map((name) => [name, expect.any(Boolean)])));
      expect(before.shells).toMatchObject({ ...before.persistent_shell_shells, [shell]: true });
      await open(rig, 'a');
      await open(rig, 'b');
      expect(await rig.get<Health>('/health')).toMatchObject({ persistent_shell_sessions: 2 });
    });

    test('an item has these fields, idle and running', async () => {
      await using rig = await Rig.start(door);
      const from = Date.now() / 1000;
      await open(rig, 'item');
      const idle = await rig.get<Record<string, number>>(pathOf('item'));
      expect(structuredClone(idle)).toEqual({
        sessionKey: 'item',
        shell,
        status: 'idle',
        createdAt: expect.any(Number),
        lastUsedAt: expect.any(Number),
        lastOutputAt: expect.any(Number),
        processAlive: true,
        activeCommand: false,
      } as unknown as Record<string, number>);
      const [created = 0, used = 0] = [idle['createdAt'], idle['lastUsedAt']];
      expect(created).toBeGreaterThanOrEqual(from - 0.01);
      expect(used).toBeGreaterThanOrEqual(created);
      expect(used).toBeLessThan(from + 60);

      const gate = rig.gate();
      const id = await rig.exec(rig.sessionCommands.waitForFile(gate.path), { mode: MODE, sessionKey: 'item', shell });
      await rig.running(id);
      const running = await rig.get<object>(pathOf('item'));
      expect(running).toMatchObject({ status: 'running', activeCommand: true, processAlive: true, lastOutputAt: null });
      gate.open();
      await rig.finished(id);
    });

    test('keys of any kind, percent-encoded; the list is sorted by key', async () => {
      await using rig = await Rig.start(door);
      const keys = ['b', 'a b', 'a/b', 'Z', 'ä', 'a?b#c', '100%', '%41', '日本 ✓', '__proto__', 'a'];
      for (const key of keys) expect((await open(rig, key)).status).toBe('completed');
      const listed = await rig.get<{ sessionKey: string }[]>('/sessions');
      expect(listed.map(({ sessionKey }) => sessionKey)).toEqual([
        '%41',
        '100%',
        'Z',
        '__proto__',
        'a',
        'a b',
        'a/b',
        'a?b#c',
        'b',
        'ä',
        '日本 ✓',
      ]);
      for (const key of keys) expect(await rig.get<object>(pathOf(key))).toMatchObject({ sessionKey: key, shell });
      for (const key of keys) {
        const { status, body } = await rig.ask(pathOf(key), { method: 'DELETE' });
        expect({ status, body }).toEqual({ status: 200, body: { deleted: true, sessionKey: key } });
        expect(await rig.ask(pathOf(key))).toMatchObject({ status: 404 });
      }
      expect(await rig.get<unknown[]>('/sessions')).toEqual([]);
    });

    test('a session that is not there, a path that is no text, no key', async () => {
      await using rig = await Rig.start(door);
      for (const method of ['GET', 'DELETE']) {
        const { status, body } = await rig.ask(pathOf('nobody'), { method });
        expect({ status, body }).toEqual({ status: 404, body: { error: 'session not found' } });
        expect([400, 404]).toContain((await rig.ask('/sessions/%E0%A4%A', { method })).status);
        expect((await rig.ask(pathOf('nobody'), { method, key: null })).status).toBe(401);
      }
      expect((await rig.ask('/sessions', { key: null })).status).toBe(401);
      expect((await rig.ask(pathOf('nobody'), { method: 'PUT' })).status).toBe(405);
    });

    test('a deleted session: its process and what it started are gone, its name is free', async () => {
      await using rig = await Rig.start(door);
      const commands = rig.sessionCommands;
      const marker = rig.marker();
      const command = commands.chain(commands.hangInBackground(marker), commands.print('begun'), commands.hang(marker));
      const id = await rig.exec(command, { mode: MODE, sessionKey: 'gone', shell });
      await rig.printed(id, 'begun');
      // In Wine a process that is being made while its job is ended may outlive it for seconds.
      await rig.waitFor('both programs', () => rig.marked(marker).length >= 2);
      const waiting = await rig.exec(commands.print('never'), { mode: MODE, sessionKey: 'gone', shell });
      expect((await rig.ask(pathOf('gone'), { method: 'DELETE' })).status).toBe(200);
      expect(rig.marked(marker)).toEqual([]);
      const failed = { status: 'failed', exitCode: 1, stderr: 'Persistent shell exited unexpectedly' };
      expect(await rig.finished(id)).toMatchObject({ ...failed, stdout: 'begun\n' });
      expect(await rig.finished(waiting)).toMatchObject({ ...failed, stdout: '' });
      expect((await open(rig, 'gone')).stdout).toBe('x\n');
    });
  });
}
