/** Somebody sets the clock of the machine, by hours, while the server works: what takes its time takes as long as before. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import { Sandbox, waitFor } from '../support/sandbox.ts';
import { TerminalClient } from '../support/terminal-client.ts';
import { openHome, STORY_MS } from './live-server.ts';

setDefaultTimeout(STORY_MS);

/** libfaketime, of Debian's package faketime. */
const [FAKETIME] =
  process.platform === 'linux' ? [...new Bun.Glob('/usr/lib/*/faketime/libfaketime.so.1').scanSync('/')] : [];
if (FAKETIME === undefined)
  console.log('tests/trouble/clock-set.test.ts skipped: needs libfaketime (Debian: faketime)');

describe.skipIf(FAKETIME === undefined)('the clock is set', () => {
  test.each([
    ['forth and back', ['+5h', '-7h', '+0']],
    ['back and forth', ['-7h', '+5h', '+0']],
  ])('%s', async (_, offsets) => {
    using box = new Sandbox();
    const file = box.file('offset');
    const set = (offset: string) => writeFileSync(file, offset);
    set('+0');
    const launcher = [
      'env',
      `LD_PRELOAD=${FAKETIME}`,
      `FAKETIME_TIMESTAMP_FILE=${file}`,
      'FAKETIME_NO_CACHE=1',
      // What is set is the clock on the wall; the monotonic one nobody can.
      'FAKETIME_DONT_FAKE_MONOTONIC=1',
    ];
    // What is unused for a minute is ended: five hours would be enough.
    const settings = ['--session-idle-timeout', '60'];
    using home = openHome(undefined, {}, launcher);
    await using server = await home.serve(...settings);
    const inSession = async (command: string) =>
      server.finished(
        await server.exec(command, { mode: 'persistent_shell', shell: 'bash', sessionKey: 'build', timeout: 30 }),
      );
    await inSession('step=1');
    await server.finished(await server.exec('true', { mode: 'persistent_shell', shell: 'bash', sessionKey: 'idle' }));
    const opened = await server.post('/terminals', { shell: 'bash', name: 'kept' });
    const { id: terminal } = (await opened.json()) as { id: string };
    const socket = `${server.url.replace('http', 'ws')}/terminal?attach=${terminal}`;
    using client = await TerminalClient.open(socket, { headers: { 'X-API-Key': server.key } });
    const key = (await (await server.post('/keys', { name: 'ci', scopes: ['observe'], expires: '2h' })).json()) as {
      key: string;
    };
    const ticketOf = async () =>
      ((await (await server.post('/tickets', { purpose: 'terminal' })).json()) as { ticket: string }).ticket;
    /** What comes of a socket: every one is opened, and one without a good ticket is closed again. */
    const attachedBy = async (ticket: string) => {
      using one = await TerminalClient.open(
        `${server.url.replace('http', 'ws')}/terminal?attach=${terminal}&ticket=${ticket}`,
      );
      return await Promise.race([one.told('attached'), one.closed]);
    };
    for (const offset of offsets) {
      const [patient, hasty] = [
        await server.exec('echo begun; read line; exit 3', { timeout: 60 }),
        await server.exec('echo begun; exec sleep 600', { timeout: 2 }),
      ];
      const commanded = inSession('sleep 0.2; step=$((step + 1)); echo "step $step"');
      await Promise.all([server.wrote(patient, 'begun'), server.wrote(hasty, 'begun')]);
      const ticket = await ticketOf();
      const waited = server.json(`/jobs/${patient}?wait=20`);
      set(offset);
      // A timeout neither comes at once nor never.
      expect(await server.finished(hasty)).toMatchObject({ status: 'timeout', timedOut: true });
      await server.post(`/jobs/${patient}/input`, { data: 'go\n' });
      expect(await waited).toMatchObject({ exitCode: 3, timedOut: false });
      const { durationMs = -1 } = await server.job(patient);
      expect(durationMs).toBeGreaterThanOrEqual(0);
      expect(await commanded).toMatchObject({ exitCode: 0 });
      expect(await attachedBy(ticket)).toMatchObject({ type: 'attached' });
      const executed = await server.post(`/terminals/${terminal}/execute`, {
        command: `echo at $((6 * 7))`,
        timeout: 10,
      });
      expect(await executed.json()).toMatchObject({ status: 'done', output: 'at 42\n' });
      client.type(`echo typed $((${offset.length} + 100))\n`);
      await client.printed(`typed ${offset.length + 100}`);
      expect(await server.health()).toMatchObject({ status: 'ok', problems: [] });
      // The end of a key is a moment by the clock on the wall.
      const answer = await fetch(`${server.url}/jobs`, { headers: { 'X-API-Key': key.key } });
      expect(answer.status).toBe(offset === '+5h' ? 401 : 200);
      await answer.text();
    }
    expect(await server.json<{ sessionKey: string }[]>('/sessions')).toHaveLength(2);
    // In the order in which they were submitted, whatever the clock said.
    const jobs = await server.json<{ stdout: string }[]>('/jobs?limit=100');
    const steps = jobs.map(({ stdout }) => stdout).filter((text) => text.startsWith('step '));
    expect(steps).toEqual(['step 4\n', 'step 3\n', 'step 2\n']);
    const audited = await server.json<{ seq: number }[]>('/audit?limit=1000');
    expect(audited.map(({ seq }) => seq)).toEqual(audited.map((__, at) => at + 1));
    await waitFor('the server to be well', async () => (await server.health()).problems.length === 0);
  });
});
