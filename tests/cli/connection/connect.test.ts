/** How a verb finds its server and its key, and what it says when either is wrong. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { runInProcess } from '../in-process.ts';
import { World } from '../world.ts';

describe('the server to connect to', () => {
  test('is found by its data folder; if it cannot be reached, the message says where its address came from', async () => {
    await using world = await World.start();
    expect((await world.cli(['jobs'])).code).toBe(0);
    expect((await world.cli(['jobs', '--url', world.url])).code).toBe(0);
    expect(
      (await world.cli(['jobs'], { env: { AGENT_SERVER_DATA_DIR: '/nowhere', AGENT_SERVER_URL: `${world.url}/` } }))
        .code,
    ).toBe(0);
    expect((await world.cli(['jobs', '--url', new URL(world.url).host])).code).toBe(0);

    await world.killServer();
    const noted = await world.cli(['jobs', '--url', world.url]);
    expect(noted).toEqual({
      code: 1,
      stdout: '',
      stderr: `agent-server: cannot reach ${world.url}: connection refused (given with --url). Start a server with: npm start -- serve\n`,
    });
    expect((await world.cli(['jobs'], { env: { AGENT_SERVER_URL: 'http://127.0.0.1:9' } })).stderr).toContain(
      'given by AGENT_SERVER_URL',
    );
  });

  test('must be an address, without secrets in it', async () => {
    for (const url of ['ftp://x', 'http://user:hunter2@127.0.0.1', 'http://127.0.0.1/?key=hunter2', '']) {
      const { code, stderr } = await runInProcess('jobs', '--url', url);
      expect(code).toBe(1);
      expect(stderr).toStartWith('agent-server: the address given with --url must look like');
      expect(stderr).not.toContain('hunter2');
    }
  });

  test('may turn out to be another program', async () => {
    await using world = await World.start();
    using other = Bun.serve({ port: 0, fetch: () => new Response('<h1>\u001b[2J</h1>', { status: 404 }) });
    const { code, stderr } = await world.cli(['jobs', '--url', other.url.href]);
    expect(code).toBe(1);
    expect(stderr).toContain('not as an agent-server does');
  });
});

describe('the key', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
  });
  afterAll(() => world[Symbol.asyncDispose]());

  test('is never shown, whatever goes wrong', async () => {
    const { key } = world;
    expect(key.length).toBeGreaterThan(20);
    const said = await Promise.all([
      world.cli(['run', 'env']),
      world.cli(['run', '--json', 'echo hi']),
      world.cli(['jobs', '--json']),
      world.cli(['doctor']),
      world.cli(['doctor', '--json']),
      world.cli(['logs', 'nope']),
      world.cli(['jobs', '--url', 'http://127.0.0.1:9']),
      world.cli(['jobs'], { env: { agent_runtime_API_KEY: `${key} ü\u0007` } }),
      world.cli(['doctor'], { env: { agent_runtime_API_KEY: `${key}x` } }),
    ]);
    for (const { stdout, stderr } of said) {
      expect(stdout).not.toContain(key);
      expect(stderr).not.toContain(key);
    }
    expect(said[7]).toMatchObject({ code: 1, stderr: expect.stringContaining('cannot stand in a header') });
  });

  test('that is wrong or missing is said with where it is taken from', async () => {
    const wrong = await world.cli(['jobs'], { env: { agent_runtime_API_KEY: 'wrong' } });
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('does not accept this API key') });
    const missing = await world.cli(['jobs'], { env: { HOME: `${world.folder}/nobody` } });
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining('there is no API key') });
  });

  test('goes to the server and not to a proxy', async () => {
    let asked = 0;
    using proxy = Bun.serve({
      port: 0,
      fetch() {
        asked += 1;
        return new Response('caught');
      },
    });
    const env = { HTTP_PROXY: proxy.url.href, http_proxy: proxy.url.href };
    expect(await world.cli(['run', 'echo hi'], { env })).toEqual({ code: 0, stdout: 'hi\n', stderr: '' });
    expect(asked).toBe(0);
  });
});
