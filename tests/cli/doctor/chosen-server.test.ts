/** What `doctor` says about a server that is named, about agents, and about clocks. */
import { describe, expect, test } from 'bun:test';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clockFinding } from '../../../src/cli/doctor/clock.ts';
import type { Finding } from '../../../src/cli/doctor/finding.ts';
import { StandIn } from '../connection/stand-in.ts';
import { World } from '../world.ts';

const KEY = 'the-key-of-the-box';

async function doctor(world: World, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { code, stdout } = await world.cli(['doctor', '--json', ...args], { env });
  const { findings } = JSON.parse(stdout) as { readonly findings: readonly Finding[] };
  return {
    code,
    checks: findings.map(({ check }) => check),
    about: (check: string) => findings.find((one) => one.check === check),
  };
}

describe('a server that is named', () => {
  test('by --url or --profile is all that is looked at', async () => {
    await using world = World.empty();
    using server = new StandIn({ key: KEY });
    expect((await world.cli(['login', 'box', server.url], { stdin: KEY })).code).toBe(0);
    const byProfile = await doctor(world, ['--profile', 'box']);
    expect(byProfile.code).toBe(0);
    expect(byProfile.checks).toEqual(['version', 'server', 'update', 'channel', 'agent', 'clock']);
    expect(byProfile.about('server')?.message).toContain(
      `agent-server 1.2.0 runs at ${server.url} (of the profile box, given with --profile)`,
    );
    expect(byProfile.about('channel')?.message).toContain('the server follows the channel beta');
    const byUrl = await doctor(world, ['--url', server.url], { agent_runtime_API_KEY: 'wrong' });
    expect(byUrl.code).toBe(1);
    expect(byUrl.about('server')?.message).toContain('does not accept this key (given by agent_runtime_API_KEY)');
  });

  test('by the environment or the profile in use is looked at beside this machine', async () => {
    await using world = World.empty();
    using server = new StandIn({ key: KEY });
    expect((await world.cli(['login', 'box', server.url, '--use'], { stdin: KEY })).code).toBe(0);
    const { code, checks, about } = await doctor(world, ['--port', '0'], { AGENT_SERVER_DATA_DIR: '' });
    expect(code).toBe(0);
    expect(checks).toContain('port');
    expect(checks).toContain('shell');
    expect(about('server')?.message).toContain('(of the profile box, in use)');
  });

  test('that does not answer, or is another program, fails; that one gets no key', async () => {
    await using world = World.empty();
    using other = new StandIn({ isOther: true });
    const env = { agent_runtime_API_KEY: KEY };
    expect((await doctor(world, ['--url', 'http://127.0.0.1:9'], env)).about('server')?.message).toContain(
      'cannot reach http://127.0.0.1:9: connection refused (given with --url)',
    );
    expect((await doctor(world, ['--url', other.url], env)).about('server')?.level).toBe('fail');
    expect(other.keys).toEqual(['none']);
    expect((await doctor(world, ['--profile', 'none'])).about('server')?.message).toContain(
      'there is no profile "none"',
    );
  });

  test('with a key that may not observe: it is told from a wrong one, and is no failure', async () => {
    await using world = World.empty();
    using server = new StandIn({ key: KEY, narrow: true });
    const narrow = await doctor(world, ['--url', server.url], { agent_runtime_API_KEY: KEY });
    expect(narrow.code).toBe(0);
    expect(narrow.about('server')).toMatchObject({
      level: 'warn',
      message: expect.stringContaining('accepts this key, which lacks the scope observe'),
    });
    const wrong = await doctor(world, ['--url', server.url], { agent_runtime_API_KEY: 'wrong' });
    expect(wrong.code).toBe(1);
    expect(wrong.about('server')?.message).toEndWith('does not accept this key (given by agent_runtime_API_KEY)');
  });

  test('takes no options of this machine', async () => {
    await using world = World.empty();
    expect((await world.cli(['doctor', '--url', 'http://127.0.0.1:9', '--port', '1'])).code).toBe(2);
  });
});

describe('clocks', () => {
  test('that differ are told, by the date that the server says', async () => {
    await using world = World.empty();
    using server = new StandIn({ aheadMs: 120_000 });
    const env = { agent_runtime_API_KEY: KEY };
    const { code, about } = await doctor(world, ['--url', server.url], env);
    expect(code).toBe(0);
    expect(about('clock')?.level).toBe('warn');
    expect(about('clock')?.message).toMatch(/the server’s clock is 1[12]\d seconds ahead of this machine’s/);
    await using real = await World.start();
    expect((await doctor(real, [])).about('clock')).toMatchObject({ level: 'ok' });
  });

  test.each([
    ['the same second', 0, 'agree'],
    ['ten seconds', 10_000, 'agree'],
    ['a minute ahead', 60_000, 'is 60 seconds ahead of'],
    // Its second may have been nearly over.
    ['a minute behind', -61_000, 'is 60 seconds behind'],
    ['no date', Number.NaN, 'is not known'],
  ])('%s', (_what, ahead, said) => {
    const now = 1_700_000_000_000;
    expect(clockFinding(now + ahead, now, now).message).toContain(said);
  });
});

describe('agents', () => {
  test('on the PATH are told, with where they are logged in', async () => {
    await using world = World.empty();
    const bin = join(world.folder, 'bin');
    mkdirSync(bin);
    for (const [name, version] of [
      ['copilot', 'GitHub Copilot CLI 1.0.102'],
      ['cursor-agent', '2026.1.1'],
    ] as const) {
      writeFileSync(join(bin, name), `#!/bin/sh\necho '${version}'\n`);
      chmodSync(join(bin, name), 0o755);
    }
    const look = async (env: Readonly<Record<string, string>> = {}) => {
      const { stdout } = await world.cli(['doctor', '--json', '--port', '0'], {
        env: { PATH: `${bin}:/bin:/usr/bin`, ...env },
      });
      const { findings } = JSON.parse(stdout) as { readonly findings: readonly Finding[] };
      return findings.filter(({ check }) => check === 'agent');
    };
    expect(await look()).toEqual([
      {
        check: 'agent',
        level: 'warn',
        message: 'GitHub Copilot 1.0.102 (copilot); no login found in files and variables, but it may be in a keyring',
        advice: 'log in: start copilot and type /login',
      },
      { check: 'agent', level: 'ok', message: 'Cursor 2026.1.1 (cursor); whether it is logged in is not known' },
    ]);
    expect((await look({ GH_TOKEN: 'x' }))[0]?.message).toEndWith('; logged in, by GH_TOKEN');
    mkdirSync(join(world.home, '.copilot'));
    const config = join(world.home, '.copilot', 'config.json');
    writeFileSync(config, '{"banner":"never"}');
    expect((await look())[0]?.level).toBe('warn');
    writeFileSync(config, '{"logged_in_users":[{"host":"https://github.com","login":"me"}]}');
    expect((await look())[0]?.message).toEndWith(`; logged in, by ${config}`);
  });

  test('that are not there are a warning, and no failure', async () => {
    await using world = World.empty();
    const { stdout, code } = await world.cli(['doctor', '--json', '--port', '0'], { env: { PATH: '/nowhere' } });
    expect(code).toBe(0);
    const { findings } = JSON.parse(stdout) as { readonly findings: readonly Finding[] };
    expect(findings.find(({ check }) => check === 'agent')).toMatchObject({ level: 'warn' });
  });
});
