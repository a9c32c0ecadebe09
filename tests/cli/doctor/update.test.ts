/** What `doctor` says about the updates of the server that runs here. */
import { describe, expect, test } from 'bun:test';
import type { Finding } from '../../../src/cli/doctor/finding.ts';
import type { Health } from '../../../src/protocol/health.ts';
import type { UpdateResource } from '../../../src/protocol/update.ts';
import { World } from '../world.ts';

const KEY = 'the-key-of-the-stand-in';
const WHY = 'it did not answer within 60 seconds';

interface Report {
  readonly findings: readonly Finding[];
}

async function aboutUpdates(world: World, ...args: readonly string[]): Promise<unknown> {
  const { code, stdout } = await world.cli(['doctor', '--json', ...args], { env: { agent_runtime_API_KEY: KEY } });
  expect(code).toBe(0);
  return (JSON.parse(stdout) as Report).findings.find(({ check }) => check === 'update');
}

/** A server of which only its updates matter: one that runs from source has none. */
function standIn(update: Partial<UpdateResource>) {
  const now: UpdateResource = { version: '1.2.0', channel: 'stable', state: 'idle', bad: [], ...update };
  return Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    routes: {
      '/health': (request) => {
        const authenticated = request.headers.get('x-api-key') === KEY;
        return Response.json({
          status: 'ok',
          authenticated,
          ...(authenticated &&
            ({ version: now.version, jobs: 0, jobs_active: 0, activity: [], problems: [] } satisfies Partial<Health>)),
        });
      },
      '/update': () => Response.json(now),
    },
  });
}

describe('doctor on updates', () => {
  test('a server that cannot be updated is no problem, and says why', async () => {
    await using world = await World.start();
    const { stdout } = await world.cli(['doctor', '--json']);
    expect((JSON.parse(stdout) as Report).findings).toContainEqual({
      check: 'update',
      level: 'ok',
      message: 'unavailable: a server that runs from source is not updated',
    });
  });

  test('without a server there is nothing to say', async () => {
    await using world = World.empty();
    expect(await aboutUpdates(world, '--port', '0')).toBeUndefined();
  });

  test.each<[string, Partial<UpdateResource>, unknown]>([
    [
      'a newer version is available',
      { available: '1.3.0' },
      {
        level: 'ok',
        message: 'version 1.3.0 is available',
        advice: expect.stringMatching(/install it with: .* update$/),
      },
    ],
    [
      'this is the newest',
      { upToDate: true, lastError: 'nothing newer' },
      { level: 'ok', message: '1.2.0 is the newest release of the channel stable' },
    ],
    [
      'the update failed',
      { available: '1.3.0', lastError: 'the disk is full' },
      { level: 'warn', message: 'version 1.3.0 is available, but: the disk is full' },
    ],
    [
      'a newer version was rolled back',
      { bad: [{ version: '1.3.0', why: WHY }] },
      { level: 'warn', message: expect.stringContaining(`; version 1.3.0 was rolled back: ${WHY}`) },
    ],
    [
      'a version was rolled back, and a later one runs',
      { upToDate: true, bad: [{ version: '1.1.0', why: WHY }] },
      { level: 'ok', message: expect.stringContaining(`; version 1.1.0 was rolled back: ${WHY}`) },
    ],
    [
      'it waits',
      { state: 'scheduled', waitingFor: '1 job' },
      { level: 'ok', message: 'the newest version is installed as soon as nothing is active; active now: 1 job' },
    ],
    [
      'it is on trial',
      { state: 'trial', trial: { version: '1.2.0', previous: '1.1.0', startedAt: 1 } },
      { level: 'ok', message: '1.2.0 is on trial; 1.1.0 is restored if it fails' },
    ],
  ])('%s', async (_what, update, finding) => {
    await using world = World.empty();
    using server = standIn(update);
    expect(await aboutUpdates(world, '--port', String(server.port))).toMatchObject({
      check: 'update',
      ...(finding as object),
    });
  });
});
