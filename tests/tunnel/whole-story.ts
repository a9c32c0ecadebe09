/** The whole inherited command line on a new machine: `agent-server --wrapper --tunnel --register URL`. */
import { expect } from 'bun:test';
import type { Finding } from '../../src/cli/doctor/finding.ts';
import type { Health } from '../../src/protocol/health.ts';
import type { JobResource } from '../../src/protocol/job.ts';
import { World } from '../cli/world.ts';
import { isAlive } from '../support/rig-processes.ts';
import { waitFor } from '../support/wait.ts';
import { FakeDashboard } from './fake-dashboard.ts';
import { FakeDevtunnel } from './fake-devtunnel.ts';

const REFRESH = '/api/register/refresh-token';
const REGISTER = '/api/register';

/** `program`: how it is started; from source unless said. */
export async function wholeStory(program?: readonly string[]): Promise<void> {
  await using world = World.empty(program);
  await using dashboard = new FakeDashboard();
  const devtunnel = new FakeDevtunnel(world.folder);
  devtunnel.play('lifetime', '4');
  devtunnel.play('pieces');
  const env = { ...devtunnel.env, HOSTNAME: 'Dev Box.7' };
  const line = ['--wrapper', '--tunnel', '--register', dashboard.url, '--name', 'box', '--port', '0', '--json'];
  const server = world.type(line, { env });
  await waitFor('the start-up message', () => server.stdout.includes('\n'));
  const { url, port } = JSON.parse(server.stdout) as { url: string; port: number };
  const ask = async (path: string, init: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {}) =>
    fetch(`${url}${path}`, { ...init, headers: { 'x-api-key': world.key, ...init.headers } });
  const health = async () => (await (await ask('/health')).json()) as Health;
  const findings = async () => {
    const { stdout } = await world.cli(['doctor', '--json'], { env });
    return (JSON.parse(stdout) as { findings: Finding[] }).findings.filter(({ check }) =>
      ['tunnel', 'dashboard'].includes(check),
    );
  };

  // Its code is on the console, in `/health` and in `doctor`.
  await server.says('To register this machine, enter the code');
  const code = /\b[A-Z]{3}-\d{4}\b/.exec(server.stderr)?.[0] ?? '';
  expect(server.stderr).toContain(`within 10 minutes at ${dashboard.url}/devboxes`);
  const { tunnel, registration, problems } = await health();
  const tunnelUrl = `https://fake123-${port}.euw.devtunnels.ms`;
  expect(tunnel).toMatchObject({ state: 'open', url: tunnelUrl });
  expect(tunnel.terminalUrl).toMatch(/^https:\/\/fake123-\d+\.euw\.devtunnels\.ms$/);
  expect(tunnel.terminalUrl).not.toBe(tunnelUrl);
  expect(registration).toMatchObject({ state: 'unconfirmed', dashboard: dashboard.url, code });
  expect(problems).toEqual([`this machine is not registered yet: enter the code ${code} at ${dashboard.url}/devboxes`]);
  expect(await findings()).toMatchObject([
    { check: 'tunnel', level: 'ok' },
    { check: 'dashboard', level: 'warn' },
  ]);

  // The dashboard was asked first whether it knows this machine.
  expect(dashboard.asked.map(({ path }) => path)).toEqual([REFRESH, REGISTER]);
  const [sent = {}] = dashboard.sentTo(REGISTER);
  expect(sent).toEqual({
    name: 'box',
    tunnel_url: tunnelUrl,
    terminal_url: tunnel.terminalUrl ?? '',
    challenge_code: code,
    api_key: world.key,
    tunnel_token: expect.stringMatching(/^eyJ/),
  });
  expect(devtunnel.calls.slice(0, 2)).toEqual(['user show', `create devpilot-dev-box-7-${port} --expiration 30d`]);

  // A person enters it.
  expect(dashboard.enter(code)).toBe(true);
  await waitFor('the confirmation', async () => (await health()).registration.state === 'registered');

  // The token is renewed before it ends, and the dashboard has the new one.
  const renewed = await waitFor('a token that is renewed and pushed', () =>
    dashboard
      .sentTo(REFRESH)
      .find((body) => body['tunnel_token'] !== sent['tunnel_token'] && body['tunnel_token'] !== ''),
  );
  expect(renewed).toMatchObject({ tunnel_url: tunnelUrl, api_key: world.key, current_api_key: world.key });
  devtunnel.stopPlaying('lifetime');

  // Jobs see where the tunnel leads, and not what opens it.
  const exec = await ask('/exec', { method: 'POST', body: JSON.stringify({ command: 'env' }) });
  const { jobId } = (await exec.json()) as { jobId: string };
  const job = (await (await ask(`/jobs/${jobId}?wait=20`)).json()) as JobResource;
  expect(job.stdout).toContain(`DEVPILOT_TUNNEL_URL=${tunnelUrl}\n`);
  expect(job.stdout).toContain(`DEVPILOT_TERMINAL_URL=${tunnel.terminalUrl}\n`);
  expect(job.stdout).not.toContain('eyJ');
  expect(server.stderr).not.toContain('eyJ');

  // Requests through the tunnel come under its name.
  const throughTunnel = async (host: string) => (await ask('/jobs', { headers: { host } })).status;
  expect(await throughTunnel(`fake123-${port}.euw.devtunnels.ms`)).toBe(200);
  expect(await throughTunnel('another.euw.devtunnels.ms')).toBe(403);

  // The process that carries the tunnel dies, and comes back.
  const before = await devtunnel.killHost();
  const after = await devtunnel.hostPid(before);
  await waitFor('the tunnel to stand again', async () => (await health()).tunnel.state === 'open');
  expect(await findings()).toMatchObject([
    { check: 'tunnel', level: 'ok', message: expect.stringContaining(tunnelUrl) },
    { check: 'dashboard', level: 'ok', message: `registered with ${dashboard.url}` },
  ]);

  // The dashboard forgets it: `register` asks the running server for a new code.
  dashboard.knownKey = undefined;
  const register = world.type(['register'], { env });
  await register.says('Enter the code');
  const second = /\b[A-Z]{3}-\d{4}\b/.exec(register.stdout)?.[0] ?? '';
  expect(second).not.toBe(code);
  expect(dashboard.enter(second)).toBe(true);
  expect(await register.done()).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('This machine is registered'),
  });

  // And nothing is left of it.
  server.process.kill('SIGTERM');
  expect((await server.done()).code).toBe(0);
  await waitFor('devtunnel to be gone', () => !isAlive(after));
}
