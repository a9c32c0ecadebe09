/** The package, installed in a project of somebody else's, against a live server: in Node 20 and in Bun. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CuttingProxy } from '../../support/cutting-proxy.ts';
import { liveServer } from '../../support/doors.ts';
import { Rig } from '../../support/rig.ts';
import { Consumer, INSTALL_MS } from './consumer.ts';

const PROGRAM = join(import.meta.dir, '..', '..', 'fixtures', 'client-consumer', 'main.ts');

/** Bytes: more than one event has, which brings 64 KiB of output and the escapes of its line ends, and much less than all of it. */
const CUT_EVERY = 100_000;

describe('the package of the client', () => {
  let consumer: Consumer;
  beforeAll(async () => {
    consumer = await Consumer.install();
    expect(consumer.compile('main.ts', readFileSync(PROGRAM, 'utf8'), 'dom')).toBe('');
  }, INSTALL_MS);
  afterAll(() => consumer?.[Symbol.dispose]());

  const RUNTIMES = {
    'Node, which has no WebSocket before version 22': ['node', '--no-experimental-websocket'],
    'Node with WebSocket': ['node', '--experimental-websocket'],
    Bun: [process.execPath],
  } as const;

  test.each(Object.entries(RUNTIMES))('does all it has in %s', async (name, command) => {
    await using rig = await Rig.start(liveServer, { flags: { 'terminal-shell': 'bash' } });
    using network = new CuttingProxy(rig.url);
    network.cutEvery = CUT_EVERY;
    const nobody = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } });
    nobody.stop(true);
    using other = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response('<h1>Welcome</h1>') });
    const child = Bun.spawn([...command, consumer.file('project', 'out', 'main.js')], {
      env: {
        PATH: process.env['PATH'] ?? '',
        URL: rig.url,
        CUT: network.url,
        NOBODY: `http://127.0.0.1:${nobody.port}`,
        OTHER: other.url.origin,
        KEY: rig.key,
        AGENT: rig.door.agent(),
      },
      stderr: 'pipe',
    });
    const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
    expect(stderr.replaceAll(/^.*(?:ExperimentalWarning|--trace-warnings).*\n/gm, '')).toBe('');
    expect(JSON.parse(stdout)).toEqual({
      jobs: { authenticated: true, status: 'failed', exitCode: 3, stdout: 'out', stderr: 'err', newest: true },
      follow: { whole: true, inOrder: true, end: 0 },
      input: { stdout: 'typed', bytes: 5 },
      sessions: { stdout: '1\n', status: 'idle', deleted: true, left: 0 },
      terminals: {
        output: '42\n',
        exitCode: 0,
        attached: name.includes('no WebSocket') ? 'no-websocket' : 'true exited 5',
        deleted: true,
      },
      agents: { text: 'hello', last: 'turn_end', known: true },
      update: {
        state: 'unavailable',
        refused: {
          reason: 'refused',
          status: 409,
          body: { error: 'cannot update while jobs are running', running_jobs: 1 },
          message: 'cannot update while jobs are running',
        },
        cancelled: true,
      },
      keys: {
        seen: 1,
        refused: expect.objectContaining({ reason: 'refused', status: 403 }),
        gone: 'key-refused',
        audited: true,
        registration: 'off',
      },
      failures: {
        kinds: ['refused 404: job not found', 'key refused 401', 'unexpected 200', 'unreachable', 'key-unusable'],
        unknownJob: { reason: 'refused', status: 404, body: { error: 'job not found' }, message: 'job not found' },
        wrongKey: { reason: 'key-refused', status: 401, message: 'invalid or missing API key' },
        nobody: {
          reason: 'unreachable',
          message: `cannot reach http://127.0.0.1:${nobody.port}: connection refused`,
        },
        aborted: 'enough',
      },
    });
    expect(network.cuts).toBeGreaterThan(2);
  });
});
