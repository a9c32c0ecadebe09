/** Many who have no key, and a server that has few descriptors: whoever has a key is served all the same. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { join } from 'node:path';
import { connect } from 'node:net';
import { TerminalClient } from '../support/terminal-client.ts';
import { waitFor } from '../support/sandbox.ts';
import { openHome, STORY_MS, type LiveServer } from './live-server.ts';

setDefaultTimeout(2 * STORY_MS);

const NOTICED = 'too many connections without a key';
const MIB = 1024 * 1024;
const FEW_DESCRIPTORS = ['sh', '-c', 'ulimit -n 1024; exec "$@"', 'sh'];
const FLOOD = join(import.meta.dir, '../fixtures/flood.ts');

if (process.platform === 'win32') console.log('tests/trouble/floods.test.ts skipped: needs ulimit');

interface Counts {
  readonly answered: number;
  readonly closed: number;
}

/** Floods until it is asked what it has done. */
async function flood(server: LiveServer, silent: number, rate: number) {
  const child = Bun.spawn([process.execPath, FLOOD, String(server.port), String(silent), String(rate)], {
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'inherit',
  });
  const reader = child.stdout.getReader();
  const line = async () => new TextDecoder().decode((await reader.read()).value);
  expect(await line()).toBe('flooding\n');
  return {
    async end(): Promise<Counts> {
      await child.stdin.end();
      const counts = JSON.parse(await line()) as Counts;
      await child.exited;
      return counts;
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await child.exited;
    },
  };
}

/** A terminal that echoes, over a socket that is open before the flood. */
async function echo(server: LiveServer): Promise<TerminalClient> {
  const answer = await server.post('/terminals', { shell: 'sh', args: ['-c', 'stty raw -echo; echo ready; exec cat'] });
  const { id } = (await answer.json()) as { id: string };
  const url = `${server.url.replace('http', 'ws')}/terminal?attach=${id}`;
  const client = await TerminalClient.open(url, { headers: { 'X-API-Key': server.key } });
  await client.printed('ready');
  return client;
}

/** What a client does on connections of its own, each a new one. */
async function isServed(server: LiveServer, terminal: TerminalClient, round: number): Promise<void> {
  const alone = { headers: { Connection: 'close' } };
  const jobs = await server.fetch('/jobs', alone);
  expect(jobs.status).toBe(200);
  await jobs.text();
  const job = await server.post('/exec', { command: `echo done ${round}` });
  const { jobId } = (await job.json()) as { jobId: string };
  expect(await server.finished(jobId)).toMatchObject({ exitCode: 0, stdout: `done ${round}\n` });
  terminal.type(`typed ${round};`);
  await terminal.printed(`typed ${round};`);
}

describe.skipIf(process.platform === 'win32')('a flood of those who have no key', () => {
  test('3,000 silent connections to a server that may have 1,024 descriptors', async () => {
    using home = openHome(undefined, {}, FEW_DESCRIPTORS);
    await using server = await home.serve();
    using terminal = await echo(server);
    await using silent = await flood(server, 3000, 0);
    // Until the server has noticed, there may be no descriptor for anybody.
    await waitFor('the server to notice', () => server.stderr.includes(NOTICED));
    for (let round = 1; round <= 10; round += 1) await isServed(server, terminal, round);
    expect((await silent.end()).closed).toBeGreaterThan(2000);
    // A burst may take all descriptors for a moment (docs/watching.md), and costs an answer then, not the server.
    expect(server.stderr).not.toMatch(/TypeError|a request failed/);
    await isServed(server, terminal, 11);
  });

  test('10,000 wrong keys', async () => {
    using home = openHome(undefined, {}, FEW_DESCRIPTORS);
    await using server = await home.serve();
    using terminal = await echo(server);
    await using wrong = await flood(server, 0, 10_000);
    const refused = async () => {
      const text = await (await server.fetch('/metrics')).text();
      return Number(/^agent_server_http_unauthenticated_total (\d+)/m.exec(text)?.[1] ?? 0);
    };
    for (let round = 1; round <= 3 || (await refused()) < 10_000; round += 1) await isServed(server, terminal, round);
    expect((await wrong.end()).answered).toBeGreaterThanOrEqual(10_000);
    expect(server.stderr).not.toMatch(/TypeError|a request failed/);
  });

  test('half requests, more than there are descriptors: a valid one is never cut', async () => {
    using home = openHome(undefined, {}, FEW_DESCRIPTORS);
    await using server = await home.serve();
    using terminal = await echo(server);
    const stack = new DisposableStack();
    using _all = stack;
    const half = ['GET /jobs HTTP/1.1\r\nHost: localhost\r\nX-Slow: ', 'POST /exec HTTP/1.1\r\nHost: local'];
    let closed = 0;
    const job = await server.exec('sleep 100');
    const slow = server.json(`/jobs/${job}?wait=30`);
    for (let n = 0; n < 2000; n += 1) {
      const socket = connect(server.port, '127.0.0.1', () => socket.write(half[n % 2] ?? ''));
      socket.on('error', () => {});
      socket.on('close', () => (closed += 1));
      stack.defer(() => socket.destroy());
    }
    await waitFor('the oldest to be closed', () => closed > 1000, STORY_MS);
    await isServed(server, terminal, 1);
    // A request that was waiting for its answer all the time gets it.
    await server.post(`/jobs/${job}/cancel`, {});
    expect(await slow).toMatchObject({ status: 'failed', cancelled: true });
    expect(server.stderr).toContain(NOTICED);
  });

  test('answers that nobody reads take no memory', async () => {
    using home = openHome();
    await using server = await home.serve();
    const page = await (await fetch(`${server.url}/openapi`)).text();
    const script = /openapi\/scalar-[^"]+/.exec(page)?.[0] ?? '';
    // Unpacked once.
    const { byteLength } = await (
      await fetch(`${server.url}/${script}`, { headers: { 'Accept-Encoding': 'identity' } })
    ).arrayBuffer();
    expect(byteLength).toBeGreaterThan(MIB);
    const before = server.memory;
    const stack = new DisposableStack();
    using _all = stack;
    let begun = 0;
    for (let n = 0; n < 100; n += 1) {
      const socket = connect(server.port, '127.0.0.1', () =>
        socket.write(`GET /${script} HTTP/1.1\r\nHost: localhost\r\n\r\n`),
      );
      socket.on('error', () => {});
      // The first piece, and no more.
      socket.once('data', () => {
        begun += 1;
        socket.pause();
      });
      stack.defer(() => socket.destroy());
    }
    await waitFor('all answers to begin', () => begun === 100, STORY_MS);
    expect(server.memory - before).toBeLessThan((100 * byteLength) / 4);
  });
});
