/** `agent-server register`, against a server whose dashboard the test plays. */
import { expect, test } from 'bun:test';
import { FakeDashboard } from '../../tunnel/fake-dashboard.ts';
import { World } from '../world.ts';

test('without --register there is no dashboard to register with', async () => {
  await using world = await World.start();
  const { code, stderr, stdout } = await world.cli(['register']);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain('this server was not started with --register');
});

test('a machine that the dashboard knows is registered at once', async () => {
  await using dashboard = new FakeDashboard();
  await using world = World.empty();
  await world.startServer('--register', dashboard.url);
  dashboard.knownKey = world.key;
  expect(await world.cli(['register'])).toEqual({
    code: 0,
    stdout: `This machine is registered with ${dashboard.url}\n`,
    stderr: '',
  });
});

test('--json prints the code and does not wait; another code ends the waiting for the first', async () => {
  await using dashboard = new FakeDashboard();
  await using world = World.empty();
  await world.startServer('--register', dashboard.url);
  const waiting = world.type(['register']);
  await waiting.says('Enter the code');
  const { code, stdout } = await world.cli(['register', '--json']);
  expect(code).toBe(0);
  const { code: second } = JSON.parse(stdout) as { code: string };
  expect(JSON.parse(stdout)).toMatchObject({
    state: 'unconfirmed',
    dashboard: dashboard.url,
    code: expect.stringMatching(/^[A-Z]{3}-\d{4}$/),
    enterAt: `${dashboard.url}/devboxes`,
  });
  expect(waiting.stdout).not.toContain(second);
  const done = await waiting.done();
  expect(done.code).toBe(1);
  expect(done.stderr).toContain('another code was requested meanwhile');
});

test('a dashboard that refuses is told of in one line', async () => {
  await using dashboard = new FakeDashboard();
  await using world = World.empty();
  await world.startServer('--register', dashboard.url);
  await world.cli(['register', '--json']);
  const refuse = () => Response.json({ error: 'this name is taken' }, { status: 409 });
  dashboard.instead.push(refuse, refuse);
  const { code, stderr } = await world.cli(['register']);
  expect(code).toBe(1);
  expect(stderr).toBe(
    `agent-server: not registered: ${dashboard.url} refuses with HTTP 409: {"error":"this name is taken"}\n`,
  );
});
