/** The server's own jobs, terminals and sessions use up its descriptors: what needs one is refused, and nothing is lost. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { readdirSync } from 'node:fs';
import { waitFor } from '../support/sandbox.ts';
import { scriptedAgentLine } from '../support/agents/scripted.ts';
import { UNBUNDLED } from '../support/bundled-program.ts';
import { TerminalClient } from '../support/terminal-client.ts';
import { KeptConnection } from '../support/kept-connection.ts';
import { isAlive, openHome, PROGRAM, STORY_MS, type LiveServer } from './live-server.ts';

setDefaultTimeout(2 * STORY_MS);

const FEW_DESCRIPTORS = ['sh', '-c', 'ulimit -n 120; exec "$@"', 'sh'];
const fromSource = process.env['AGENT_SERVER_TEST_EXE'] === undefined;
const EMFILE = 'EMFILE: too many open files';

if (process.platform !== 'linux') console.log('tests/trouble/descriptors.test.ts skipped: needs ulimit and /proc');

const openIn = (server: LiveServer): number => readdirSync(`/proc/${server.pid}/fd`).length;

interface Answer {
  readonly status: number;
  readonly body: { readonly id?: string; readonly error?: string; readonly state?: string };
}

async function post(server: LiveServer, path: string, body: unknown): Promise<Answer> {
  const answer = await server.post(path, body);
  return { status: answer.status, body: (await answer.json()) as Answer['body'] };
}

interface Counts {
  readonly jobs_active: number;
}

/** Jobs that stay, until one cannot be started. Resolves to their ids. */
async function fill(server: LiveServer): Promise<string[]> {
  const jobs: string[] = [];
  for (;;) {
    const id = await server.exec('echo started; exec sleep 600');
    const job = await waitFor(`job ${id} to start or fail`, async () => {
      const now = await server.job(id);
      return (now.exitCode !== undefined || now.stdout === 'started\n') && now;
    });
    if (job.exitCode !== undefined) return jobs;
    jobs.push(id);
  }
}

/** A session with an agent that has started, or says why it has not. */
async function agentSession(server: LiveServer): Promise<Answer['body']> {
  const { body } = await post(server, '/agents/sessions', { agent: scriptedAgentLine() });
  return waitFor('the session to have started or failed', async () => {
    const session = await server.json<Answer['body']>(`/agents/sessions/${body.id}`);
    return session.state !== 'starting' && session;
  });
}

const agentsJob = (server: LiveServer) => server.exec('', { mode: 'acp', agent: scriptedAgentLine(), prompt: 'hi' });

const inSession = (server: LiveServer, sessionKey: string) =>
  server.exec('echo fine', { mode: 'persistent_shell', shell: 'bash', sessionKey });

describe.skipIf(process.platform !== 'linux')('no descriptor left', () => {
  test('fails what needs one with a sentence, keeps none, and all works again when the jobs have ended', async () => {
    using home = openHome(undefined, {}, FEW_DESCRIPTORS, fromSource ? UNBUNDLED : PROGRAM);
    await using server = await home.serve();
    const kept = await server.exec('echo kept');
    await server.finished(kept);
    await server.finished(await inSession(server, 'before'));
    const { body: terminal } = await post(server, '/terminals', { shell: 'sh' });
    // From source, what makes the text of the metrics is loaded by the first who asks.
    await server.fetch('/metrics');
    const jobs = await fill(server);
    expect(jobs.length).toBeGreaterThan(10);

    const full = openIn(server);
    for (let round = 1; round <= 3; round += 1) {
      const job = await server.finished(await server.exec('echo never'));
      expect(job).toMatchObject({ status: 'failed', exitCode: 1, stdout: '' });
      expect(job.stderr).toContain(`the shell could not be started: ${EMFILE}`);
      const commanded = await server.finished(await inSession(server, `new-${round}`));
      // The spare process may have been started when there still was room.
      if (commanded.exitCode !== 0) expect(commanded.stderr).toContain(`bash could not be started: ${EMFILE}`);
      const opened = await post(server, '/terminals', { shell: 'sh' });
      expect(opened.status).toBe(500);
      expect(opened.body.error).toContain(EMFILE);
      expect(opened.body.error).toContain('end jobs, sessions or terminals');
      const session = await agentSession(server);
      expect(session).toMatchObject({
        state: 'failed',
        error: expect.stringContaining(`could not be started: ${EMFILE}`),
      });
      const agentJob = await server.finished(await agentsJob(server));
      expect(agentJob).toMatchObject({ status: 'failed', exitCode: 1, stopReason: 'error' });
      expect(agentJob.acpError).toContain(`the agent could not be started: ${EMFILE}`);
      expect(agentJob.stderr).toBe(agentJob.acpError ?? '');
      // From source the pages are made at the first request; an executable has them.
      for (const path of fromSource ? ['/', '/openapi'] : []) {
        const page = await server.fetch(path);
        expect(page.status).toBe(500);
        expect(((await page.json()) as { error: string }).error).toMatch(
          new RegExp(`^the page could not be made: ${EMFILE}.*; end jobs`),
        );
      }
      // What takes no more of them than its own connection goes on.
      expect(await server.job(kept)).toMatchObject({ stdout: 'kept\n' });
      expect(await server.json<unknown[]>('/jobs?limit=2')).toHaveLength(2);
      expect(await server.health()).toMatchObject({ status: 'ok' });
      expect(await (await server.fetch('/metrics')).text()).toContain('agent_server_info');
    }
    const executed = await post(server, `/terminals/${terminal.id}/execute`, { command: 'echo typed' });
    expect(executed).toMatchObject({ status: 200, body: { output: 'typed\n' } });
    const client = await cli(server, 'run', 'echo never');
    expect(client.code).toBe(1);
    expect(client.stderr).toContain(EMFILE);
    // The session of a spare process is ended here, the connection of the client may be open for a while.
    await waitFor('all descriptors of what failed to be closed', () => openIn(server) <= full + 1);

    for (const id of jobs) await post(server, `/jobs/${id}/cancel`, {});
    for (const id of jobs) expect(await server.finished(id)).toMatchObject({ cancelled: true });
    await waitFor('their descriptors to be closed', () => openIn(server) < 60);
    expect(await server.finished(await server.exec('echo fine'))).toMatchObject({ exitCode: 0, stdout: 'fine\n' });
    expect(await server.finished(await inSession(server, 'after'))).toMatchObject({ exitCode: 0, stdout: 'fine\n' });
    expect((await post(server, '/terminals', { shell: 'sh' })).status).toBe(201);
    for (const path of ['/', '/openapi'])
      expect(await (await server.fetch(path)).text()).toStartWith('<!doctype html>');
    expect(await agentSession(server)).toMatchObject({ state: 'idle' });
    expect(await server.finished(await agentsJob(server))).toMatchObject({ exitCode: 0, stdout: 'echo: hi' });
    expect(await cli(server, 'run', 'echo fine; exit 4')).toMatchObject({ code: 4, stdout: 'fine\n' });
    expect(server.stderr).not.toContain('bun-pty is used');
  });

  test('to sockets that have all shown the key: those go on, jobs can be cancelled, and all is well when they leave', async () => {
    using home = openHome(undefined, {}, FEW_DESCRIPTORS);
    await using server = await home.serve('--kill-grace', '0.5');
    const { body: terminal } = await post(server, '/terminals', { shell: 'sh' });
    const jobs = await Promise.all(Array.from({ length: 4 }, () => server.exec('echo started; exec sleep 600')));
    const pids = await Promise.all(jobs.map(async (id) => (await server.wrote(id, 'started')).pid ?? 0));
    expect(pids.every(isAlive)).toBe(true);
    using asking = await KeptConnection.open(server);
    const url = `${server.url.replace('http', 'ws')}/terminal?attach=${terminal.id}`;
    const options = { headers: { 'X-API-Key': server.key } };
    const sockets: TerminalClient[] = [];
    for (let n = 0; n < 150; n += 1)
      void TerminalClient.open(url, options).then(
        (socket) => sockets.push(socket),
        () => {},
      );
    await waitFor('the server to notice', () => server.stderr.includes('no descriptor is left'));
    const { problems } = await asking.json<{ problems: string[] }>('GET', '/health');
    expect(problems.join()).toContain('120 of 120 descriptors are in use');
    const [first] = sockets;
    first?.type('echo typed $((6 * 7))\n');
    await first?.printed('typed 42');
    // The processes of this machine cannot be looked at, and the end of a job gives its descriptors to those who wait.
    for (const id of jobs) expect(await asking.json('POST', `/jobs/${id}/cancel`)).toEqual({ cancelled: true });
    await waitFor(
      'the jobs to have ended',
      async () => (await asking.json<Counts>('GET', '/health')).jobs_active === 0,
    );
    expect(pids.filter(isAlive)).toEqual([]);

    for (const socket of sockets) socket.vanish();
    await waitFor('those who waited to come, and go', () => {
      for (const socket of sockets) socket.vanish();
      return openIn(server) < 30;
    });
    for (const id of jobs) expect(await server.job(id)).toMatchObject({ cancelled: true, stdout: 'started\n' });
    await waitFor('no problem to be left', async () => (await server.health()).problems.length === 0);
    expect(await server.finished(await server.exec('echo fine'))).toMatchObject({ exitCode: 0, stdout: 'fine\n' });
  });
});

async function cli(server: LiveServer, ...words: string[]) {
  const child = Bun.spawn([...PROGRAM, ...words], {
    env: { PATH: process.env['PATH'] ?? '', AGENT_SERVER_URL: server.url, AGENT_SERVER_KEY: server.key },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { code: await child.exited, stdout, stderr };
}
