/** What `doctor` reports about a machine. */
import { describe, expect, test } from 'bun:test';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { World } from '../world.ts';

interface Report {
  readonly healthy: boolean;
  readonly findings: readonly {
    readonly check: string;
    readonly level: string;
    readonly message: string;
    readonly advice?: string;
  }[];
}

async function doctor(
  world: World,
  ...args: readonly string[]
): Promise<Report & { code: number; about: (check: string) => unknown }> {
  const { code, stdout } = await world.cli(['doctor', '--json', ...args]);
  const report = JSON.parse(stdout) as Report;
  return { ...report, code, about: (check) => report.findings.find((finding) => finding.check === check) };
}

describe('doctor', () => {
  test('finds a running server, and which server uses the data folder', async () => {
    await using world = await World.start();
    const { code, healthy, about } = await doctor(world);
    expect({ code, healthy }).toEqual({ code: 0, healthy: true });
    expect(about('port')).toMatchObject({
      level: 'ok',
      message: expect.stringContaining(`runs at ${world.url} (pid `),
    });
    expect(about('data')).toMatchObject({
      level: 'ok',
      message: expect.stringContaining(`in use by the server at ${world.url}`),
    });
    expect(about('key')).toMatchObject({ level: 'ok' });
    expect(about('shell')).toMatchObject({ level: 'ok', message: '/bin/sh' });
    const { stdout } = await world.cli(['doctor']);
    expect(stdout).toMatch(/^ok {4}version/);
  });

  test('tells a key that may not observe from a wrong one', async () => {
    await using world = await World.start();
    const key = (await world.cli(['keys', 'add', 'ci', '--scope', 'run'])).stdout.trimEnd();
    const port = new URL(world.url).port;
    for (const args of [[], ['--data-dir', join(world.folder, 'other'), '--port', port]]) {
      const saidWith = async (given: string) => {
        const { stdout } = await world.cli(['doctor', '--json', ...args], { env: { agent_runtime_API_KEY: given } });
        return (JSON.parse(stdout) as Report).findings.find(({ check }) => check === 'port');
      };
      expect(await saidWith(key)).toMatchObject({
        level: 'warn',
        message: expect.stringContaining('accepts this key, which lacks the scope observe'),
      });
      expect((await saidWith('wrong'))?.message).toContain('does not accept this key');
    }
  });

  test('says what a new machine lacks, without calling it broken', async () => {
    await using world = World.empty();
    const { code, about } = await doctor(world, '--port', '0');
    expect(code).toBe(0);
    expect(about('key')).toMatchObject({ level: 'warn', advice: expect.stringContaining('npm start -- serve') });
    expect(about('data')).toMatchObject({ level: 'ok', message: expect.stringContaining('can be created') });
    const found = await world.cli(['doctor', '--port', '0', '--json'], { env: { PATH: '/nowhere' } });
    const { findings } = JSON.parse(found.stdout) as Report;
    expect(findings.find(({ check }) => check === 'git')).toMatchObject({
      level: 'warn',
      advice: expect.stringContaining('https://'),
    });
  });

  test('fails for a port that another program has', async () => {
    await using world = World.empty();
    using other = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response('not ours') });
    const { code, about } = await doctor(world, '--port', String(other.port));
    expect(code).toBe(1);
    expect(about('port')).toMatchObject({
      level: 'fail',
      message: expect.stringContaining('in use by another program'),
      advice: expect.stringContaining('--port'),
    });
  });

  test('fails for a key that others can read', async () => {
    await using world = World.empty();
    mkdirSync(join(world.home, 'devpilot-agent'));
    const path = join(world.home, 'devpilot-agent', 'api_key');
    writeFileSync(path, 'a-key-of-mine');
    chmodSync(path, 0o644);
    const { code, about } = await doctor(world, '--port', '0');
    expect(code).toBe(1);
    expect(about('key')).toMatchObject({
      level: 'fail',
      message: expect.stringContaining('mode 644'),
      advice: expect.stringContaining('chmod 600'),
    });
  });

  test('fails for a data folder that is a file, and for settings that make no sense', async () => {
    await using world = World.empty();
    writeFileSync(join(world.folder, 'file'), '');
    const file = await doctor(world, '--port', '0', '--data-dir', join(world.folder, 'file'));
    expect(file.code).toBe(1);
    expect(file.about('data')).toMatchObject({ level: 'fail', message: expect.stringContaining('is not a folder') });
    const { code, about } = await doctor(world, '--port', 'many');
    expect(code).toBe(1);
    expect(about('settings')).toMatchObject({ level: 'fail', message: expect.stringContaining('--port must be') });
  });
});
