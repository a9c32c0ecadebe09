/** Servers by name: `login`, `use`, `profiles`, `logout`. */
import { describe, expect, test } from 'bun:test';
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StandIn } from '../connection/stand-in.ts';
import { Person } from '../person.ts';
import { World } from '../world.ts';

const KEY = 'the-key-of-the-box';
const fileOf = (world: World) => join(world.home, '.config/agent-server/profiles.json');

describe('login', () => {
  test('keeps a server and its key, for their owner alone, and never shows the key', async () => {
    await using world = await World.start();
    const { key } = world;
    const said = await world.cli(['login', 'box', world.url], { stdin: `${key}\n` });
    expect(said).toMatchObject({ code: 0, stderr: '' });
    expect(said.stdout).toStartWith(`box is ${world.url}, agent-server `);
    expect(said.stdout).toContain('use it with: --profile box');
    expect(statSync(fileOf(world)).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(fileOf(world))).mode & 0o777).toBe(0o700);

    const elsewhere = {
      HOME: world.home,
      AGENT_SERVER_DATA_DIR: join(world.folder, 'none'),
      agent_runtime_API_KEY: 'x',
    };
    const listed = await world.cli(['profiles', '--json']);
    expect(JSON.parse(listed.stdout)).toEqual([{ name: 'box', url: world.url, current: false }]);
    expect(await world.cli(['run', 'echo hi', '--profile', 'box'], { env: elsewhere })).toEqual({
      code: 0,
      stdout: 'hi\n',
      stderr: '',
    });
    for (const { stdout, stderr } of [said, listed, await world.cli(['doctor', '--profile', 'box'])])
      expect(stdout + stderr).not.toContain(key);
  });

  test('a second profile stands beside the first, and one of the same name takes its place', async () => {
    await using world = World.empty();
    using first = new StandIn();
    using second = new StandIn();
    for (const [name, url] of [
      ['a', first.url],
      ['b', first.url],
      ['b', second.url],
    ] as const)
      expect((await world.cli(['login', name, url], { stdin: KEY })).code).toBe(0);
    expect(JSON.parse((await world.cli(['profiles', '--json'])).stdout)).toEqual([
      { name: 'a', url: first.url, current: false },
      { name: 'b', url: second.url, current: false },
    ]);
  });

  test('several at once are all kept', async () => {
    await using world = World.empty();
    using server = new StandIn();
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const said = await Promise.all(names.map((name) => world.cli(['login', name, server.url], { stdin: KEY })));
    expect(said.map(({ code }) => code)).toEqual(names.map(() => 0));
    const listed = JSON.parse((await world.cli(['profiles', '--json'])).stdout) as { readonly name: string }[];
    expect(listed.map(({ name }) => name).toSorted()).toEqual(names);
  });

  test('keeps nothing where the key is refused, or no server answers', async () => {
    await using world = World.empty();
    using server = new StandIn({ key: KEY });
    const refused = await world.cli(['login', 'box', server.url], { stdin: 'another' });
    expect(refused).toEqual({
      code: 1,
      stdout: '',
      stderr: 'agent-server: the server does not accept this API key; nothing was saved\n',
    });
    const nobody = await world.cli(['login', 'box', 'http://127.0.0.1:9'], { stdin: KEY });
    expect(nobody).toMatchObject({ code: 1, stderr: expect.stringContaining('cannot reach http://127.0.0.1:9') });
    expect(await world.cli(['login', 'box', server.url])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('there is no key: type it'),
    });
    expect(existsSync(fileOf(world))).toBe(false);
  });

  test('another program at that address does not get the key', async () => {
    await using world = World.empty();
    using server = new StandIn({ isOther: true });
    const said = await world.cli(['login', 'box', server.url], { stdin: KEY });
    expect(said).toMatchObject({ code: 1, stderr: expect.stringContaining('not as an agent-server does') });
    expect(server.keys).toEqual(['none']);
  });

  test('takes a key that may not observe', async () => {
    await using world = World.empty();
    using server = new StandIn({ key: KEY, narrow: true });
    const path = join(world.folder, 'key');
    writeFileSync(path, `${KEY}\n`);
    expect((await world.cli(['login', 'box', server.url, '--key-file', path])).code).toBe(0);
    expect((await world.cli(['login', 'box', server.url], { stdin: 'wrong' })).code).toBe(1);
  });

  test.each([
    [['login', '../box', 'http://127.0.0.1:1'], 'NAME must be'],
    [['login', 'box', 'http://user:hunter2@127.0.0.1'], 'URL must look like'],
    [['login', 'box'], 'URL is missing'],
  ])('%j is refused', async (args, message) => {
    await using world = World.empty();
    const { code, stderr } = await world.cli(args, { stdin: KEY });
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) });
    expect(stderr).not.toContain('hunter2');
  });
});

describe.skipIf(process.platform === 'win32')('login, by a person at a terminal', () => {
  test('asks for the key and does not show it', async () => {
    await using world = World.empty();
    using server = new StandIn({ key: KEY });
    await using user = new Person(world, { args: ['login', 'box', server.url, '--use'] });
    await user.sees(`API key of ${server.url} (it is not shown): `);
    user.types(`wrong\u0015${KEY}x\u007f\r`);
    expect(await user.done()).toBe(0);
    expect(user.seen).toContain('in use');
    expect(user.seen).not.toContain('the-key');
    expect(user.seen).not.toContain('wrong');
    expect(user.stty('after')).toBe(user.stty('before'));
    expect(server.keys).toContain(KEY);
  });

  test('Ctrl-C leaves the terminal as it was, and nothing is kept', async () => {
    await using world = World.empty();
    using server = new StandIn();
    await using user = new Person(world, { args: ['login', 'box', server.url] });
    await user.sees('(it is not shown): ');
    user.types('begun\u0003');
    expect(await user.done()).toBe(130);
    expect(user.stty('after')).toBe(user.stty('before'));
    expect(server.keys).toEqual([]);
    expect(existsSync(fileOf(world))).toBe(false);
  });
});

describe('profiles', () => {
  test('are used, and forgotten', async () => {
    await using world = World.empty();
    using server = new StandIn();
    expect(await world.cli(['profiles'])).toEqual({
      code: 0,
      stdout: '',
      stderr: 'no profiles; make one with: npm start -- login NAME URL\n',
    });
    await world.cli(['login', 'box', server.url], { stdin: KEY });
    const env = { AGENT_SERVER_DATA_DIR: '' };
    const used = await world.cli(['use', 'box'], { env });
    expect(used).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringContaining(`box (${server.url}) is in use`),
    });
    expect((await world.cli(['profiles'])).stdout).toMatch(/box +in use +http/);
    // What goes before it is said, so that nobody wonders.
    expect((await world.cli(['use', 'box'])).stderr).toContain('AGENT_SERVER_DATA_DIR is set and takes precedence');
    expect(JSON.parse((await world.cli(['logout', 'box', '--json'])).stdout)).toEqual({
      name: 'box',
      removed: true,
      wasCurrent: true,
    });
    expect(readFileSync(fileOf(world), 'utf8')).not.toContain(KEY);
    expect(JSON.parse((await world.cli(['profiles', '--json'])).stdout)).toEqual([]);
    // Nothing is in use any more.
    expect((await world.cli(['jobs'], { env })).stderr).toContain('there is no API key');
  });

  test('that do not exist are said, with the name that was probably meant', async () => {
    await using world = World.empty();
    using server = new StandIn();
    await world.cli(['login', 'build', server.url], { stdin: KEY });
    const line = `there is no profile "biuld"`;
    for (const verb of ['use', 'logout'])
      expect(await world.cli([verb, 'biuld'])).toEqual({
        code: 1,
        stdout: '',
        stderr: `agent-server: ${line} (did you mean build?); see npm start -- profiles\n`,
      });
    const jobs = await world.cli(['jobs', '--profile', 'biuld']);
    expect(jobs.stderr).toContain(`${line} (given with --profile) (did you mean build?)`);
  });

  test('in a file that others can read, or that is none of ours, are refused with what to do', async () => {
    await using world = World.empty();
    using server = new StandIn();
    await world.cli(['login', 'box', server.url], { stdin: KEY });
    chmodSync(fileOf(world), 0o644);
    for (const args of [['profiles'], ['jobs', '--profile', 'box'], ['login', 'b', server.url], ['logout', 'box']]) {
      const { code, stderr } = await world.cli(args, { stdin: KEY });
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(`chmod 600 '${fileOf(world)}'`) });
    }
    writeFileSync(fileOf(world), `{"format":1,"profiles":{"box":{"url":"x","key":"${KEY}"`, { mode: 0o600 });
    chmodSync(fileOf(world), 0o600);
    const broken = await world.cli(['profiles']);
    expect(broken.code).toBe(1);
    expect(broken.stderr).toContain('cannot be read: it is not JSON');
    expect(broken.stderr).not.toContain(KEY);
    writeFileSync(fileOf(world), '{"format":2,"profiles":{}}');
    expect((await world.cli(['profiles'])).stderr).toContain('no profiles that this version can read');
  });
});
