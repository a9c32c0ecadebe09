/** The agents of config.json. */
import { expect, test } from 'bun:test';
import { mkdirSync, writeFileSync } from 'node:fs';
import { loadConfig } from '../../src/settings/config.ts';
import { Sandbox } from '../support/sandbox.ts';

/** What becomes of a configuration file: its agents, or the complaint without the path of the file. */
function load(content: unknown): unknown {
  using box = new Sandbox();
  mkdirSync(box.file('data'));
  const path = box.file('data', 'config.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  const loaded = loadConfig({ 'data-dir': box.file('data') }, { HOME: box.path }, box.path);
  if (loaded.ok) return loaded.value.agents;
  expect(loaded.failure.message).toStartWith(`${path}: `);
  return loaded.failure.message.slice(path.length + 2);
}

test('are handed over as they are written', () => {
  const agents = {
    'my-agent': { name: 'My Agent', command: ['my-agent', '--acp', ''], env: { LEVEL: '3', EMPTY: '' } },
    copilot: { command: ['./other copilot'] },
    '0': { command: ['x'] },
  };
  expect(load({ agents, port: 9000 })).toEqual(agents);
});

test('are none where the file names none, or where there is no file', () => {
  expect(load({ port: 1 })).toEqual({});
  expect(load({ agents: {} })).toEqual({});
  using box = new Sandbox();
  const loaded = loadConfig({ 'data-dir': box.file('none') }, { HOME: box.path }, box.path);
  expect(loaded).toMatchObject({ ok: true, value: { agents: {} } });
});

const ID_RULE =
  '"agents": an id must be 1 to 64 characters of a-z, 0-9 and "-", and begin with a letter or digit, not ';
const COMMAND_RULE = '"agents.a.command" must be an array of strings, the program first';

test.each<[unknown, string]>([
  ...[[], null, 'copilot', 3].map((agents): [unknown, string] => [
    { agents },
    '"agents" must be an object of agents by their ids',
  ]),
  ...['', 'A', '-a', 'a b', 'a.b', 'ä', 'a'.repeat(65)].map((id): [unknown, string] => [
    { agents: { [id]: { command: ['x'] } } },
    ID_RULE + JSON.stringify(id),
  ]),
  [{ agents: { ws: { command: ['x'] } } }, '"agents": ws is no id, as it is part of the paths of sockets'],
  ['{"agents": {"__proto__": {"command": ["x"]}}}', `${ID_RULE}"__proto__"`],
  ...[null, 'x', ['x'], 1].map((entry): [unknown, string] => [
    { agents: { a: entry } },
    '"agents.a" must be an object with "command" and, optionally, "name" and "env"',
  ]),
  ...[undefined, 'x --acp', [], [''], ['x', 1], [null], ['x', 'a\0b']].map((command): [unknown, string] => [
    { agents: { a: { command } } },
    COMMAND_RULE,
  ]),
  [{ agents: { a: { command: ['x'], args: ['y'] } } }, '"agents.a" has no field "args", only name, command, env'],
  ...['', 1, 'x'.repeat(201)].map((name): [unknown, string] => [
    { agents: { a: { command: ['x'], name } } },
    '"agents.a.name" must be a string of 1 to 200 characters',
  ]),
  [{ agents: { a: { command: ['x'], env: [] } } }, '"agents.a.env" must be an object of strings by names of variables'],
  [{ agents: { a: { command: ['x'], env: { LEVEL: 3 } } } }, '"agents.a.env.LEVEL" must be a string'],
  [
    { agents: { a: { command: ['x'], env: { 'A=B': '3' } } } },
    '"agents.a.env" has an invalid name of a variable: "A=B"',
  ],
  [{ agents: { a: { command: ['x'], env: { '': '3' } } } }, '"agents.a.env" has an invalid name of a variable: ""'],
])('%j is refused with a sentence', (content, message) => {
  expect(load(content)).toBe(message);
});

test('cannot be named by a flag or variable', () => {
  using box = new Sandbox();
  const loaded = loadConfig({ 'data-dir': box.path }, { HOME: box.path, AGENT_SERVER_AGENTS: '{"a":1}' }, box.path);
  expect(loaded).toMatchObject({ ok: true, value: { agents: {} } });
});
