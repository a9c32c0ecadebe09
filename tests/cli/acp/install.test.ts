/** `agent-server acp install`: what editors are told, and what is left alone. */
import { describe, expect, test } from 'bun:test';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
  lstatSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { parse } from 'jsonc-parser';
import { withEntry } from '../../../src/cli/acp/install/settings-text.ts';
import { posixPaths } from '../../../src/platform/paths/posix.ts';
import { windowsPaths } from '../../../src/platform/paths/windows.ts';
import { MAIN, World } from '../world.ts';
import { FakeDoor, KEY } from './fake-door.ts';

const fileOf = (world: World, ...names: string[]) => join(world.home, ...names);
const zedOf = (world: World) => fileOf(world, '.config', 'zed', 'settings.json');

function keep(path: string, text: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

/** Nothing in the environment says which server is meant. */
const PLAIN = { env: { AGENT_SERVER_DATA_DIR: '' } };

const ours = (...args: readonly string[]) => ({ command: process.execPath, args: [MAIN, 'acp', ...args], env: {} });

const SETTINGS = `// My settings
{
\t"theme": "Ayu", // dark
\t/* agents */
\t"agent_servers": {
\t\t"Mine": { "type": "custom", "command": "mine" }, // do not touch
\t},
}
`;

test('Zed is told in its settings, where comments, order and other agents stay; the second time nothing changes', async () => {
  await using world = World.empty();
  const path = keep(zedOf(world), SETTINGS);
  chmodSync(path, 0o640);
  const first = await world.cli(['acp', 'install', '--client', 'zed'], PLAIN);
  expect(first).toEqual({ code: 0, stdout: `Zed: added "agent-server" in ${path}\n`, stderr: '' });
  const text = readFileSync(path, 'utf8');
  // Lines were added, in the layout of the others, and none was changed.
  const isOld = (line: string) => SETTINGS.split('\n').includes(line);
  expect(text.split('\n').filter(isOld).join('\n')).toBe(SETTINGS);
  expect(text).toContain('\n\t\t"agent-server": {\n\t\t\t"type": "custom",\n');
  expect(parse(text)).toEqual({
    theme: 'Ayu',
    agent_servers: {
      Mine: { type: 'custom', command: 'mine' },
      // The paths of this machine are those of its server.
      'agent-server': { type: 'custom', ...ours('--map', '=') },
    },
  });
  expect(statSync(path).mode & 0o777).toBe(0o640);
  const second = await world.cli(['acp', 'install', '--client', 'zed', '--json'], PLAIN);
  expect(JSON.parse(second.stdout)).toMatchObject([{ client: 'zed', state: 'unchanged', path }]);
  expect(readFileSync(path, 'utf8')).toBe(text);
  const third = await world.cli(['acp', 'install', '--client', 'zed', '--map', '/a=/b', '--json'], PLAIN);
  expect(JSON.parse(third.stdout)).toMatchObject([{ state: 'updated' }]);
  expect(parse(readFileSync(path, 'utf8'))).toMatchObject({
    agent_servers: { 'agent-server': ours('--map', '/a=/b') },
  });
});

test('what is told can be started as it stands: by an editor that knows nothing of this shell', async () => {
  using door = new FakeDoor();
  await using world = World.empty();
  const keyFile = keep(fileOf(world, 'key.txt'), KEY);
  await world.cli(['acp', 'install', '--client', 'jetbrains', '--key-file', keyFile], {
    env: { AGENT_SERVER_URL: door.url },
  });
  const told = parse(readFileSync(fileOf(world, '.jetbrains', 'acp.json'), 'utf8')) as {
    agent_servers: Record<string, { command: string; args: string[]; env: object }>;
  };
  const [name = '', entry] = Object.entries(told.agent_servers)[0] ?? [];
  expect(name).toBe(`agent-server on ${new URL(door.url).host}`);
  expect(entry?.env).toEqual({});
  const child = Bun.spawn([entry?.command ?? '', ...(entry?.args ?? [])], {
    env: { HOME: world.home },
    stdin: new TextEncoder().encode('{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}\n'),
    stdout: 'ignore',
    stderr: 'inherit',
  });
  expect(await child.exited).toBe(0);
  expect(door.received('initialize')).toHaveLength(1);
});

test('a server of a profile is named by its profile, and the key is nowhere', async () => {
  await using world = World.empty();
  const profiles = keep(
    fileOf(world, '.config', 'agent-server', 'profiles.json'),
    JSON.stringify({
      format: 1,
      current: 'box',
      profiles: { box: { url: 'https://box.example', key: 'secret-of-box' }, lab: { url: 'https://lab', key: 'x' } },
    }),
  );
  chmodSync(profiles, 0o600);
  const path = keep(fileOf(world, '.config', 'Code', 'User', 'settings.json'), '{"acp.agents": {}}');
  for (const args of [[], ['--profile', 'lab', '--agent', 'claude', '--cwd', '/srv', '--latency', 'card']])
    expect((await world.cli(['acp', 'install', ...args], PLAIN)).code).toBe(0);
  const text = readFileSync(path, 'utf8');
  expect(text).not.toContain('secret-of-box');
  expect(parse(text)).toEqual({
    'acp.agents': {
      'agent-server on box': ours('--profile', 'box'),
      'agent-server: claude on lab': ours(...'--profile lab --agent claude --cwd /srv --latency card'.split(' ')),
    },
  });
});

test('what the environment of this shell names is written, too; a key in it is not, and that is said', async () => {
  await using world = World.empty();
  const { stdout, stderr } = await world.cli(['acp', 'install', '--client', 'zed', '--json'], {
    env: { AGENT_SERVER_KEY: 'secret-of-shell', AGENT_SERVER_KEY_FILE: '' },
  });
  expect(JSON.parse(stdout)).toMatchObject([{ args: ours('--data-dir', world.data, '--map', '=').args }]);
  expect(stderr).toContain('the key in AGENT_SERVER_KEY is not written into settings');
  const keyFile = keep(fileOf(world, 'key.txt'), 'secret-of-file');
  const named = await world.cli(['acp', 'install', '--client', 'zed', '--json'], {
    env: { AGENT_SERVER_URL: 'https://box.example', AGENT_SERVER_KEY_FILE: keyFile },
  });
  expect(JSON.parse(named.stdout)).toMatchObject([
    { args: ours('--url', 'https://box.example', '--key-file', keyFile).args },
  ]);
  expect(readFileSync(zedOf(world), 'utf8')).not.toContain('secret-of');
});

describe('what is left alone', () => {
  test('is a file that cannot be read, and an agent of that name which is not ours', async () => {
    await using world = World.empty();
    for (const text of [
      '{ "theme": ',
      '[]',
      '{"agent_servers": []}',
      '{"agent_servers": {"agent-server": {"command": "x"}}}',
    ]) {
      const path = keep(zedOf(world), text);
      const { code, stdout, stderr } = await world.cli(['acp', 'install', '--client', 'zed']);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toContain('acp install --client zed --print');
      expect(readFileSync(path, 'utf8')).toBe(text);
    }
  });

  test('is a link, which goes on leading to the file that is changed', async () => {
    await using world = World.empty();
    const real = keep(fileOf(world, 'dotfiles', 'zed.json'), '{}');
    mkdirSync(dirname(zedOf(world)), { recursive: true });
    symlinkSync(real, zedOf(world));
    expect((await world.cli(['acp', 'install', '--client', 'zed'])).code).toBe(0);
    expect(lstatSync(zedOf(world)).isSymbolicLink()).toBe(true);
    expect(parse(readFileSync(real, 'utf8'))).toHaveProperty(['agent_servers', 'agent-server']);
  });

  test('are editors that are not there, unless they are named', async () => {
    await using world = World.empty();
    const none = await world.cli(['acp', 'install']);
    expect(none).toMatchObject({ code: 1, stdout: '' });
    expect(none.stderr).toContain('name one with --client (zed, vscode, jetbrains, toad,');
    mkdirSync(dirname(zedOf(world)), { recursive: true });
    expect((await world.cli(['acp', 'install'])).stdout).toStartWith('Zed: added');
    expect(existsSync(fileOf(world, '.jetbrains'))).toBe(false);
  });
});

test('editors whose configuration is a program get a text to paste; --print shows all, and changes nothing', async () => {
  await using world = World.empty();
  mkdirSync(dirname(zedOf(world)), { recursive: true });
  const toad = await world.cli(['acp', 'install', '--client', 'toad', '--agent', 'claude', '--map', "/it's=/x"], PLAIN);
  expect(toad.code).toBe(0);
  // A shell takes it apart again into the same words.
  const words = Bun.spawnSync(['sh', '-c', `toad() { eval "printf '%s\\n' $2"; }; ${toad.stdout}`]);
  expect(words.stdout.toString().trimEnd().split('\n')).toEqual([
    process.execPath,
    ...ours('--agent', 'claude', '--map', "/it's=/x").args,
  ]);
  const { code, stdout, stderr } = await world.cli(['acp', 'install', '--print']);
  expect(code).toBe(0);
  for (const part of ['"agent_servers"', '"acp.agents"', 'toad acp', 'codecompanion', 'avante', 'agent-shell-start'])
    expect(stdout).toContain(part);
  expect(stderr).toContain(`for Zed, in ${zedOf(world)}:`);
  expect(existsSync(zedOf(world))).toBe(false);
  const documents = JSON.parse((await world.cli(['acp', 'install', '--print', '--json'])).stdout) as {
    client: string;
  }[];
  expect(documents.map(({ client }) => client)).toEqual(
    'zed vscode jetbrains toad codecompanion avante emacs'.split(' '),
  );
});

test('an entry changes nothing else of settings, whatever they are, and is there once', () => {
  // The parser of the expectation cannot make a key of that name, however deep; the text that is edited keeps it.
  const settings = fc
    .dictionary(fc.string(), fc.jsonValue(), { maxKeys: 5 })
    .filter((one) => !JSON.stringify(one).includes('"__proto__"'));
  fc.assert(
    fc.property(
      settings,
      fc.constantFrom(undefined, 2, '\t'),
      fc.string({ minLength: 1 }).filter((name) => name !== '__proto__'),
      (before, indent, name) => {
        const { agents: _, ...others } = before;
        const text = JSON.stringify(others, undefined, indent);
        const value = { command: 'x', args: ['acp'], env: {} };
        const change = withEntry(text, 'agents', name, value);
        if (!change.ok || change.value.state === 'unchanged') throw new Error('it was not added');
        // Not `others` itself: JSON has no -0.
        expect(parse(change.value.text)).toEqual({ ...JSON.parse(text), agents: { [name]: value } });
        expect(withEntry(change.value.text, 'agents', name, value)).toEqual({
          ok: true,
          value: { state: 'unchanged' },
        });
      },
    ),
  );
  const windows = withEntry('{\r\n    "a": 1\r\n}\r\n', 'agents', 'n', { args: ['acp'] });
  expect(windows).toMatchObject({
    ok: true,
    value: {
      text: '{\r\n    "a": 1,\r\n    "agents": {\r\n        "n": {\r\n            "args": [\r\n                "acp"\r\n            ]\r\n        }\r\n    }\r\n}\r\n',
    },
  });
  expect(withEntry('', 'agents', 'n', { args: [] })).toMatchObject({ ok: true, value: { state: 'added' } });
  expect(withEntry('\uFEFF{"agents": {"m": 1 /* last */} // all\n}', 'agents', 'n', { args: [] })).toEqual({
    ok: true,
    value: { state: 'added', text: '\uFEFF{"agents": {"m": 1, /* last */\n  "n": {\n    "args": []\n  }\n} // all\n}' },
  });
});

test('each system has its own places', () => {
  expect(posixPaths.editorFiles({ HOME: '/home/me', XDG_CONFIG_HOME: '/cfg' })).toEqual({
    zed: '/cfg/zed/settings.json',
    vscode: '/cfg/Code/User/settings.json',
    jetbrains: '/home/me/.jetbrains/acp.json',
  });
  const windows = windowsPaths.editorFiles({ USERPROFILE: 'C:/Users/me', APPDATA: 'C:/Users/me/AppData/Roaming' });
  expect(Object.values(windows).map((path) => path.replaceAll('\\', '/'))).toEqual([
    'C:/Users/me/AppData/Roaming/Zed/settings.json',
    'C:/Users/me/AppData/Roaming/Code/User/settings.json',
    'C:/Users/me/.jetbrains/acp.json',
  ]);
});
