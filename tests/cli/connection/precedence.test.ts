/** Which server and which key a verb takes where several are given, in the order that --help tells. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInProcess } from '../in-process.ts';
import { World } from '../world.ts';
import { StandIn } from './stand-in.ts';

/** Given from the strongest to the weakest. */
const SERVERS = [
  'the flag --url',
  'the flag --profile',
  'the flag --data-dir',
  'AGENT_SERVER_URL',
  'AGENT_SERVER_PROFILE',
  'AGENT_SERVER_DATA_DIR',
  'the profile in use',
  'the server of this machine',
] as const;

describe('of several servers', () => {
  const standIns = SERVERS.map(() => new StandIn());
  const urlOf = (name: (typeof SERVERS)[number]) => standIns[SERVERS.indexOf(name)]?.url ?? '';
  let world: World;

  beforeAll(async () => {
    world = World.empty();
    const profiles = Object.entries({
      flag: 'the flag --profile',
      variable: 'AGENT_SERVER_PROFILE',
      used: 'the profile in use',
    } as const);
    for (const [name, server] of profiles)
      expect(await world.cli(['login', name, urlOf(server)], { stdin: `key-of-${name}` })).toMatchObject({ code: 0 });
    expect(await world.cli(['use', 'used'])).toMatchObject({ code: 0 });
    writeKey(world, 'key-of-this-machine');
    // As a server writes down where it listens.
    holdFolder(join(world.folder, 'flag'), urlOf('the flag --data-dir'));
    holdFolder(join(world.folder, 'variable'), urlOf('AGENT_SERVER_DATA_DIR'));
    holdFolder(join(world.home, '.local/state/agent-server'), urlOf('the server of this machine'));
  });
  afterAll(async () => {
    for (const one of standIns) one[Symbol.dispose]();
    await world[Symbol.asyncDispose]();
  });

  /** The command line with all from this one on; the flags exclude each other, so those that are stronger are not given. */
  function given(from: number): { args: string[]; env: Record<string, string> } {
    const is = (name: (typeof SERVERS)[number]) => SERVERS.indexOf(name) >= from;
    return {
      args:
        from === 0
          ? ['--url', urlOf('the flag --url'), '--data-dir', join(world.folder, 'flag')]
          : from === 1
            ? ['--profile', 'flag', '--data-dir', join(world.folder, 'flag')]
            : from === 2
              ? ['--data-dir', join(world.folder, 'flag')]
              : [],
      env: {
        AGENT_SERVER_URL: is('AGENT_SERVER_URL') ? urlOf('AGENT_SERVER_URL') : '',
        AGENT_SERVER_PROFILE: is('AGENT_SERVER_PROFILE') ? 'variable' : '',
        AGENT_SERVER_DATA_DIR: is('AGENT_SERVER_DATA_DIR') ? join(world.folder, 'variable') : '',
      },
    };
  }

  const KEYS = [
    'this-machine',
    'flag',
    'this-machine',
    'this-machine',
    'variable',
    'this-machine',
    'used',
    'this-machine',
  ];

  test.each(SERVERS.map((name, index) => [name, index] as const))('%s goes before the rest', async (name, index) => {
    if (name === 'the server of this machine') expect((await world.cli(['use'])).code).toBe(0);
    const before = standIns.map(({ keys }) => keys.length);
    const { args, env } = given(index);
    expect(await world.cli(['jobs', ...args], { env })).toMatchObject({ code: 0 });
    const asked = standIns.map(({ keys }, at) => keys.slice(before[at]));
    expect(asked).toEqual(SERVERS.map((_, at) => (at === index ? [`key-of-${KEYS[at]}`] : [])));
  });

  test('--url and --profile together are refused', async () => {
    const both = await world.cli(['jobs', '--url', urlOf('the flag --url'), '--profile', 'flag']);
    expect(both).toMatchObject({ code: 1, stderr: expect.stringContaining('--url and --profile exclude each other') });
  });
});

describe('of several keys', () => {
  let world: World;
  const server = new StandIn();
  beforeAll(async () => {
    world = World.empty();
    for (const name of ['flag', 'variable']) writeFileSync(join(world.folder, name), `key-of-${name}\n`);
    writeKey(world, 'key-of-the-file');
    expect((await world.cli(['login', 'box', server.url], { stdin: 'key-of-box\n' })).code).toBe(0);
  });
  afterAll(async () => {
    server[Symbol.dispose]();
    await world[Symbol.asyncDispose]();
  });

  const sent = async (args: readonly string[], env: Record<string, string>) => {
    const before = server.keys.length;
    expect(await world.cli(['jobs', ...args], { env })).toMatchObject({ code: 0 });
    return server.keys.slice(before);
  };

  test('the flag, the file and the key of the environment, the inherited variables, and the key file follow each other', async () => {
    const url = ['--url', server.url];
    const keyFile = ['--key-file', join(world.folder, 'flag')];
    const file = { AGENT_SERVER_KEY_FILE: join(world.folder, 'variable') };
    const key = { AGENT_SERVER_KEY: ' key-of-key ' };
    const newer = { agent_runtime_API_KEY: 'key-of-newer' };
    const older = { DEVPILOT_AGENT_API_KEY: 'key-of-older' };
    expect(await sent([...url, ...keyFile], { ...file, ...key, ...newer, ...older })).toEqual(['key-of-flag']);
    expect(await sent(url, { ...file, ...key, ...newer, ...older })).toEqual(['key-of-variable']);
    expect(await sent(url, { ...key, ...newer, ...older })).toEqual(['key-of-key']);
    // A variable that is set to nothing counts as not set.
    expect(await sent(url, { AGENT_SERVER_KEY: '', ...newer })).toEqual(['key-of-newer']);
    expect(await sent(url, { ...newer, ...older })).toEqual(['key-of-newer']);
    expect(await sent(url, older)).toEqual(['key-of-older']);
    expect(await sent(url, {})).toEqual(['key-of-the-file']);
  });

  test('the key of a profile goes to its server, whatever keys the environment has; only the flag goes before it', async () => {
    const env = {
      AGENT_SERVER_KEY_FILE: join(world.folder, 'variable'),
      AGENT_SERVER_KEY: 'key-of-key',
      agent_runtime_API_KEY: 'key-of-newer',
    };
    expect(await sent(['--profile', 'box'], env)).toEqual(['key-of-box']);
    expect(await sent(['--profile', 'box', '--key-file', join(world.folder, 'flag')], env)).toEqual(['key-of-flag']);
  });

  test('a key file that is missing or empty is said, and nothing is sent', async () => {
    const before = server.keys.length;
    writeFileSync(join(world.folder, 'empty'), '\n');
    const missing = await world.cli(['jobs', '--url', server.url, '--key-file', '/nowhere/key']);
    expect(missing).toMatchObject({
      code: 1,
      stderr:
        'agent-server: the key file /nowhere/key, given with --key-file, is not there; name one that holds a key\n',
    });
    const empty = await world.cli(['jobs', '--url', server.url], {
      env: { AGENT_SERVER_KEY_FILE: join(world.folder, 'empty') },
    });
    expect(empty).toMatchObject({ code: 1, stderr: expect.stringContaining('AGENT_SERVER_KEY_FILE, is empty') });
    expect(server.keys.length).toBe(before);
  });
});

test('a key file of this machine that cannot be read is no missing one', async () => {
  await using world = World.empty();
  const path = join(world.home, 'devpilot-agent', 'api_key');
  mkdirSync(path, { recursive: true });
  expect(await world.cli(['jobs'])).toEqual({
    code: 1,
    stdout: '',
    stderr: `agent-server: the key file ${path} cannot be read (EISDIR: illegal operation on a directory, read); see npm start -- doctor\n`,
  });
  const { findings } = JSON.parse((await world.cli(['doctor', '--json', '--port', '0'])).stdout) as {
    readonly findings: unknown;
  };
  expect(findings).toContainEqual(expect.objectContaining({ check: 'key', level: 'fail' }));
});

test('--help tells the order', async () => {
  const { stdout } = await runInProcess('jobs', '--help');
  const text = stdout.replaceAll(/\s+/g, ' ');
  expect(text).toContain(
    'The first of: --url; --profile; --data-dir; AGENT_SERVER_URL; AGENT_SERVER_PROFILE; AGENT_SERVER_DATA_DIR; the profile in use; the server of this machine.',
  );
  expect(text).toContain(
    'The first of: --key-file; for a profile, its own; AGENT_SERVER_KEY_FILE; AGENT_SERVER_KEY; agent_runtime_API_KEY; DEVPILOT_AGENT_API_KEY; the key file of this machine.',
  );
});

function writeKey(world: World, key: string): void {
  mkdirSync(join(world.home, 'devpilot-agent'), { recursive: true, mode: 0o700 });
  writeFileSync(join(world.home, 'devpilot-agent', 'api_key'), key, { mode: 0o600 });
}

function holdFolder(folder: string, url: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const holder = { pid: process.pid, url, startedAt: new Date().toISOString() };
  writeFileSync(join(folder, 'server.json'), JSON.stringify(holder));
}
