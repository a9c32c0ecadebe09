/** Whatever devtunnel and the dashboard do, the server works on, and stops when it is asked to. */
import { describe, expect, test } from 'bun:test';
import type { Health } from '../../src/protocol/health.ts';
import { liveServer } from '../support/doors.ts';
import { Rig } from '../support/rig.ts';
import { isAlive } from '../support/rig-processes.ts';
import { Sandbox } from '../support/sandbox.ts';
import { FakeDashboard } from './fake-dashboard.ts';
import { FakeDevtunnel } from './fake-devtunnel.ts';

const healthOf = (rig: Rig) => rig.get<Health>('/health');
const tunnelIs = (rig: Rig, state: Health['tunnel']['state']) =>
  rig.waitFor(`the tunnel to be ${state}`, async () => (await healthOf(rig)).tunnel.state === state);

async function worksAndStops(rig: Rig): Promise<void> {
  expect((await rig.run('echo works')).stdout).toBe('works\n');
  expect((await rig.stop()).code).toBe(0);
}

describe('a devtunnel', () => {
  async function beside(
    played: Readonly<Record<string, string>>,
    story: (rig: Rig, fake: FakeDevtunnel) => Promise<void>,
  ) {
    using box = new Sandbox();
    const fake = new FakeDevtunnel(box.path);
    for (const [name, text] of Object.entries(played)) fake.play(name, text);
    await using rig = await Rig.start(liveServer, { env: { ...fake.env, AGENT_SERVER_TUNNEL: '1' } });
    await story(rig, fake);
  }

  test.each(['user show', 'create', 'port create', 'access create', 'update', 'token', 'host'])(
    'that hangs at `%s` holds up nothing',
    (step) =>
      beside({ hang: step }, async (rig, fake) => {
        await rig.waitFor('the step', () => fake.calls.some((call) => call.startsWith(step)));
        await worksAndStops(rig);
      }),
  );

  test('whose host ends at once, again and again', () =>
    beside({ dies: '' }, async (rig, fake) => {
      const times = () => fake.calls.filter((call) => call.startsWith('host')).length;
      await rig.waitFor('another try', () => times() > 1);
      await rig.waitFor('its end to be told of', async () =>
        (await healthOf(rig)).tunnel.lastError?.includes('devtunnel host has ended'),
      );
      fake.stopPlaying('dies');
      await tunnelIs(rig, 'open');
      await worksAndStops(rig);
    }));

  test('that prints megabytes that are no text and have no line ends, before its address', () =>
    beside({ noise: '' }, async (rig) => {
      await tunnelIs(rig, 'open');
      await worksAndStops(rig);
    }));

  test('is left behind by a server that is killed; the next one ends it, and goes on with its own', () =>
    beside({}, async (rig, fake) => {
      await tunnelIs(rig, 'open');
      const left = await fake.hostPid();
      await rig.kill9();
      expect(isAlive(left)).toBe(true);
      await rig.restart();
      const own = await fake.hostPid(left);
      await tunnelIs(rig, 'open');
      expect({ left: isAlive(left), own: isAlive(own) }).toEqual({ left: false, own: true });
      await worksAndStops(rig);
      expect(isAlive(own)).toBe(false);
    }));
});

describe('a dashboard', () => {
  const endless = () =>
    new Response(new ReadableStream({ pull: (out) => out.enqueue(new Uint8Array(1024 * 1024).fill(0x20)) }));
  const elsewhere = () => Response.redirect('https://evil.example/', 302);
  test.each([
    ['redirects', elsewhere, 'it redirects to https://evil.example/'],
    ['answers without end', endless, 'not JSON'],
    ['answers with a page', () => new Response('<!doctype html><p>Sign in'), 'not JSON'],
    ['wants something else first', () => new Response('who are you?', { status: 401 }), 'HTTP 401: who are you?'],
  ])('that %s', async (_what, answer, said) => {
    await using dashboard = new FakeDashboard();
    dashboard.instead.push(...Array.from({ length: 4 }, () => answer));
    await using rig = await Rig.start(liveServer, { flags: { register: dashboard.url } });
    await rig.waitFor('the trouble', async () => (await healthOf(rig)).registration.lastError?.includes(said));
    await worksAndStops(rig);
  });

  test('that never answers', async () => {
    await using dashboard = new FakeDashboard();
    const never = Promise.withResolvers<Response>();
    dashboard.instead.push(() => never.promise);
    await using rig = await Rig.start(liveServer, { flags: { register: dashboard.url } });
    await rig.waitFor('the question', () => dashboard.asked.length > 0);
    await worksAndStops(rig);
    never.resolve(new Response());
  });
});
