import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { mkdirSync, writeFileSync } from 'node:fs';
import { loadConfig, type Config, type Flags } from '../../src/settings/config.ts';
import { environmentName, SETTINGS, type SettingName } from '../../src/settings/all.ts';
import { Sandbox } from '../support/sandbox.ts';

type Texts = Partial<Record<SettingName, string>>;

/** A machine with a configuration file (when `file` is given), an environment and flags. */
class Machine implements Disposable {
  readonly #box = new Sandbox();
  readonly dataDir = this.#box.file('data');

  write(content: unknown): this {
    mkdirSync(this.dataDir, { recursive: true });
    writeFileSync(`${this.dataDir}/config.json`, typeof content === 'string' ? content : JSON.stringify(content));
    return this;
  }

  load(flags: Flags = {}, env: Texts = {}) {
    const variables = Object.fromEntries(
      Object.entries(env).map(([name, value]) => [environmentName(name as SettingName), value]),
    );
    return loadConfig(flags, { HOME: this.#box.path, AGENT_SERVER_DATA_DIR: this.dataDir, ...variables }, '/work-here');
  }

  config(flags: Flags = {}, env: Texts = {}): Config {
    const loaded = this.load(flags, env);
    if (!loaded.ok) throw new Error(loaded.failure.message);
    return loaded.value;
  }

  complaint(flags: Flags = {}, env: Texts = {}): string {
    const loaded = this.load(flags, env);
    return loaded.ok ? 'no complaint' : loaded.failure.message;
  }

  [Symbol.dispose](): void {
    this.#box[Symbol.dispose]();
  }
}

test('flags come before the environment, the environment before the file, the file before the default', () => {
  using machine = new Machine();
  const port = fc.option(fc.integer({ min: 0, max: 65_535 }), { nil: undefined });
  fc.assert(
    fc.property(port, port, port, (flag, variable, file) => {
      machine.write(file === undefined ? {} : { port: file });
      const { settings } = machine.config(
        flag === undefined ? {} : { port: String(flag) },
        variable === undefined ? {} : { port: String(variable) },
      );
      expect(settings.port).toBe(flag ?? variable ?? file ?? 8585);
    }),
    { numRuns: 60 },
  );
});

test('without flags, environment and file everything has its default', () => {
  using machine = new Machine();
  const { settings } = machine.config();
  expect(settings).toEqual({
    port: 8585,
    'audit-bytes': 50_000_000,
    'terminal-port': undefined,
    host: '127.0.0.1',
    'allow-host': undefined,
    'data-dir': machine.dataDir,
    'max-jobs': 1024,
    'keep-jobs': 1000,
    'keep-bytes': 10_000_000_000,
    'kill-grace': 2,
    'max-sessions': 32,
    'session-idle-timeout': 0,
    'terminal-shell': undefined,
    'pty-engine': 'bun',
    'max-terminal-sessions': 2,
    'max-terminals': 32,
    'terminal-idle-timeout': 900,
    'terminal-lifetime': 3600,
    'terminal-keep': 86_400,
    'spare-shells': 'on',
    'acp-policy': 'workdir',
    'max-agent-sessions': 16,
    'agent-grace': 2,
    'permission-timeout': 600,
    'log-format': 'text',
    name: undefined,
    register: undefined,
    'register-insecure': false,
    wrapper: false,
    'update-url': undefined,
    'auto-update': 0,
    trial: 60,
    tunnel: false,
    'tunnel-id': undefined,
  } as typeof settings);
});

test('an empty variable counts as none', () => {
  using machine = new Machine();
  expect(machine.config({}, { port: '', 'log-format': '' }).settings).toMatchObject({
    port: 8585,
    'log-format': 'text',
  });
});

test('the file takes numbers and booleans as well as texts', () => {
  using machine = new Machine().write({
    port: 9000,
    'kill-grace': 0.5,
    wrapper: true,
    'log-format': 'json',
    'keep-jobs': '200',
  });
  expect(machine.config().settings).toMatchObject({
    port: 9000,
    'kill-grace': 0.5,
    wrapper: true,
    'log-format': 'json',
    'keep-jobs': 200,
  });
});

/** For every setting with a range: what is still in, and what is out. */
const RANGES: Partial<Record<SettingName, { good: string[]; bad: string[]; expected: string }>> = {
  port: {
    good: ['0', '65535'],
    bad: ['-1', '65536', '80.5', '8585x', ' 80', '0x50', '1e3', 'NaN', '١٢'],
    expected: 'a whole number from 0 to 65535',
  },
  'terminal-port': {
    good: ['0', '8586', '65535'],
    bad: ['-1', '65536', 'none'],
    expected: 'a whole number from 0 to 65535',
  },
  host: { good: ['::1'], bad: [''], expected: 'a text that is not empty' },
  'allow-host': { good: ['a.example'], bad: [''], expected: 'a text that is not empty' },
  'max-jobs': { good: ['1', '100000'], bad: ['0', '100001', '-5'], expected: 'a whole number from 1 to 100000' },
  'keep-jobs': { good: ['100', '10000000'], bad: ['99', '10000001'], expected: 'a whole number from 100 to 10000000' },
  'keep-bytes': {
    good: ['0', '9007199254740991'],
    bad: ['-1', '9007199254740992', '10GB'],
    expected: 'a whole number from 0 to 9007199254740991',
  },
  'kill-grace': {
    good: ['0', '600', '0.001', '2.5'],
    bad: ['600.001', '601', '-1', '.5', '1e2', 'Infinity', '2s'],
    expected: 'a number of seconds from 0 to 600',
  },
  'max-sessions': {
    good: ['1', '10000'],
    bad: ['0', '10001', '-1', 'many'],
    expected: 'a whole number from 1 to 10000',
  },
  'session-idle-timeout': {
    good: ['0', '0.5', '31536000'],
    bad: ['31536001', '-1', '1h'],
    expected: 'a number of seconds from 0 to 31536000',
  },
  'pty-engine': { good: ['bun', 'bun-pty'], bad: ['', 'node-pty', 'Bun'], expected: 'one of bun, bun-pty' },
  'terminal-shell': { good: ['zsh', '/bin/sh'], bad: [''], expected: 'a text that is not empty' },
  'max-terminal-sessions': {
    good: ['0', '2', '10000'],
    bad: ['-1', '10001', '1.5'],
    expected: 'a whole number from 0 to 10000',
  },
  'max-terminals': {
    good: ['0', '32', '10000'],
    bad: ['-1', '10001', 'all'],
    expected: 'a whole number from 0 to 10000',
  },
  'terminal-idle-timeout': {
    good: ['0', '900', '0.5'],
    bad: ['31536001', '-1', '15m'],
    expected: 'a number of seconds from 0 to 31536000',
  },
  'terminal-lifetime': {
    good: ['0', '3600', '31536000'],
    bad: ['31536000.001', '-1', '1h'],
    expected: 'a number of seconds from 0 to 31536000',
  },
  'terminal-keep': {
    good: ['0', '86400'],
    bad: ['31536001', '-0.5', '1d'],
    expected: 'a number of seconds from 0 to 31536000',
  },
  'acp-policy': {
    good: ['workdir', 'read-only', 'allow-all', 'deny-all', 'ask'],
    bad: ['', 'allow', 'WORKDIR', 'deny_all', 'toString'],
    expected: 'one of workdir, read-only, allow-all, deny-all, ask',
  },
  'max-agent-sessions': {
    good: ['0', '16', '10000'],
    bad: ['-1', '10001', '1.5', 'all'],
    expected: 'a whole number from 0 to 10000',
  },
  'agent-grace': {
    good: ['0', '600', '0.25'],
    bad: ['600.001', '-1', '2s'],
    expected: 'a number of seconds from 0 to 600',
  },
  'permission-timeout': {
    good: ['0', '600', '31536000'],
    bad: ['31536001', '-1', '10m'],
    expected: 'a number of seconds from 0 to 31536000',
  },
  'spare-shells': { good: ['on', 'off'], bad: ['', 'yes', 'ON'], expected: 'one of on, off' },
  'log-format': { good: ['text', 'json'], bad: ['JSON', 'xml', ''], expected: 'one of text, json' },
  name: { good: ['box'], bad: [''], expected: 'a text that is not empty' },
  register: {
    good: ['http://x', 'https://dash.example/', 'https://dash.example/team', 'https://dash.example/?team=a'],
    bad: ['', 'dash.example', 'ftp://dash.example', 'https://me:secret@dash.example', 'https://x#y'],
    expected: 'an address that begins with https:// or http://, without user and #',
  },
  'register-insecure': { good: ['true', '0'], bad: ['yes'], expected: 'true or false' },
  wrapper: { good: ['true', 'false', '1', '0'], bad: ['yes', 'TRUE', '2'], expected: 'true or false' },
  'update-url': {
    good: ['https://release.example/agent', 'http://127.0.0.1:8000', 'http://localhost/r', 'http://[::1]:1/r'],
    bad: [
      '',
      'http://release.example',
      'ftp://release.example',
      'http://127.0.0.1.release.example',
      'release.example',
      'https://',
    ],
    expected: 'an address that begins with https://, or with http:// and this machine’s own address, without ? and #',
  },
  'auto-update': {
    good: ['0', '86400', '0.5'],
    bad: ['31536001', '-1', 'daily'],
    expected: 'a number of seconds from 0 to 31536000',
  },
  trial: { good: ['1', '60', '3600'], bad: ['0', '3601', '1.5', '1m'], expected: 'a whole number from 1 to 3600' },
  'audit-bytes': {
    good: ['100000', '50000000'],
    bad: ['99999', '-1', '1e6', '50MB'],
    expected: `a whole number from 100000 to ${Number.MAX_SAFE_INTEGER}`,
  },
  tunnel: { good: ['true', '0'], bad: ['on', '-1'], expected: 'true or false' },
  'tunnel-id': {
    good: ['t', 'devpilot-box-8585', 'my-tunnel.euw'],
    bad: ['', '--anonymous', 'a b', 'a;b'],
    expected: 'an id of letters, digits, hyphens and dots',
  },
};

test('the table below knows every setting', () => {
  expect(Object.keys(SETTINGS).filter((name) => !Object.hasOwn(RANGES, name))).toEqual(['data-dir']);
});

for (const [name, { good, bad, expected }] of Object.entries(RANGES) as [
  SettingName,
  { good: string[]; bad: string[]; expected: string },
][]) {
  test(`--${name} is refused out of its range, with a message that says where it came from`, () => {
    using machine = new Machine();
    for (const text of good)
      expect({ text, complaint: machine.complaint({ [name]: text }) }).toEqual({ text, complaint: 'no complaint' });
    for (const text of bad) {
      const rest = `must be ${expected}, not ${JSON.stringify(text)}`;
      expect(machine.complaint({ [name]: text })).toBe(`--${name} ${rest}`);
      if (text !== '') expect(machine.complaint({}, { [name]: text })).toBe(`${environmentName(name)} ${rest}`);
      machine.write({ [name]: text });
      expect(machine.complaint()).toBe(`"${name}" in ${machine.dataDir}/config.json ${rest}`);
      machine.write({});
    }
  });
}

test.each([
  ['{', 'config.json: '],
  ['[]', 'config.json: must hold a JSON object'],
  ['null', 'config.json: must hold a JSON object'],
  ['{"prot": 1}', 'config.json: there is no setting "prot"'],
  ['{"__proto__": {"port": 1}}', 'config.json: there is no setting "__proto__"'],
  ['{"toString": "x"}', 'config.json: there is no setting "toString"'],
  ['{"data-dir": "/elsewhere"}', 'config.json: there is no setting "data-dir"'],
  ['{"port": [1]}', 'config.json: "port" must be a string, a number or a boolean'],
  ['{"port": null}', 'config.json: "port" must be a string, a number or a boolean'],
])('a configuration file of %p is refused by name', (content, message) => {
  using machine = new Machine().write(content);
  expect(machine.complaint()).toContain(message);
});

test('a value that the flag replaces is not asked of the environment', () => {
  using machine = new Machine();
  expect(machine.complaint({ port: '1' }, { port: 'nonsense' })).toBe('no complaint');
});

test('the configuration cannot be changed afterwards', () => {
  using machine = new Machine();
  const config = machine.config();
  expect(() => Object.assign(config, { dataPath: '/tmp' })).toThrow(TypeError);
  expect(() => Object.assign(config.settings, { port: 1 })).toThrow(TypeError);
});

test('the data folder: flag, variable, XDG, home; a relative one counts from the working directory', () => {
  const at = (flags: Flags, env: Record<string, string>) => {
    const loaded = loadConfig(flags, env, '/work-here');
    return loaded.ok ? loaded.value.dataPath : loaded.failure.message;
  };
  const home = { HOME: '/nowhere/home' };
  expect(at({ 'data-dir': '/nowhere/flag' }, { ...home, AGENT_SERVER_DATA_DIR: '/nowhere/env' })).toBe('/nowhere/flag');
  expect(at({ 'data-dir': 'sub/dir' }, home)).toBe('/work-here/sub/dir');
  expect(at({}, { ...home, AGENT_SERVER_DATA_DIR: '/nowhere/env' })).toBe('/nowhere/env');
  expect(at({}, { ...home, XDG_STATE_HOME: '/nowhere/state' })).toBe('/nowhere/state/agent-server');
  expect(at({}, { ...home, XDG_STATE_HOME: 'relative' })).toBe('/nowhere/home/.local/state/agent-server');
  expect(at({}, home)).toBe('/nowhere/home/.local/state/agent-server');
});

// Known faults of src/config.ts and src/settings.ts, kept here until they are mended (then: `test`).
test('an empty variable for the data folder counts as none, rather than as the working directory', () => {
  const loaded = loadConfig({}, { HOME: '/nowhere/home', AGENT_SERVER_DATA_DIR: '' }, '/work-here');
  expect(loaded.ok && loaded.value.dataPath).toBe('/nowhere/home/.local/state/agent-server');
});

test('a switch is not set by the name of something that every object has', () => {
  using machine = new Machine();
  expect(machine.complaint({ wrapper: 'constructor' })).toBe('--wrapper must be true or false, not "constructor"');
});

test('allowed hosts are lower-case names without the blanks around them', () => {
  using machine = new Machine();
  expect(machine.config({ 'allow-host': ' Box.Example , ,other:8080' }).allowedHosts).toEqual([
    'box.example',
    'other:8080',
  ]);
});

test('the variables of devpilot-agent mean the same; ours go before them', () => {
  using machine = new Machine();
  const base = { HOME: machine.dataDir, AGENT_SERVER_DATA_DIR: machine.dataDir };
  const inherited = {
    DEVPILOT_PERSISTENT_SHELL_MAX_SESSIONS: '5',
    DEVPILOT_PERSISTENT_SHELL_IDLE_TIMEOUT_SECONDS: '60',
  };
  const settingsOf = (env: Record<string, string>) => {
    const loaded = loadConfig({}, { ...base, ...env }, '/work-here');
    return loaded.ok ? loaded.value.settings : loaded.failure.message;
  };
  expect(settingsOf(inherited)).toMatchObject({ 'max-sessions': 5, 'session-idle-timeout': 60 });
  expect(settingsOf({ ...inherited, AGENT_SERVER_MAX_SESSIONS: '7' })).toMatchObject({
    'max-sessions': 7,
    'session-idle-timeout': 60,
  });
});

test('an inherited variable with a value that cannot be is ignored with a warning; ours ends the start', () => {
  using machine = new Machine();
  const base = { HOME: machine.dataDir, AGENT_SERVER_DATA_DIR: machine.dataDir };
  const load = (env: Record<string, string>) => loadConfig({}, { ...base, ...env }, '/work-here');
  const impossible = {
    DEVPILOT_PERSISTENT_SHELL_MAX_SESSIONS: '0',
    DEVPILOT_PERSISTENT_SHELL_IDLE_TIMEOUT_SECONDS: '-1',
  };
  const warnings = [
    'DEVPILOT_PERSISTENT_SHELL_MAX_SESSIONS must be a whole number from 1 to 10000, not "0"; it is ignored',
    'DEVPILOT_PERSISTENT_SHELL_IDLE_TIMEOUT_SECONDS must be a number of seconds from 0 to 31536000, not "-1"; it is ignored',
  ];
  expect(load(impossible)).toMatchObject({
    ok: true,
    value: { settings: { 'max-sessions': 32, 'session-idle-timeout': 0 }, warnings },
  });
  machine.write({ 'max-sessions': 5 });
  expect(load(impossible)).toMatchObject({ ok: true, value: { settings: { 'max-sessions': 5 }, warnings } });
  expect(load({})).toMatchObject({ ok: true, value: { warnings: [] } });
  expect(load({ ...impossible, AGENT_SERVER_MAX_SESSIONS: '0' })).toMatchObject({
    ok: false,
    failure: { message: 'AGENT_SERVER_MAX_SESSIONS must be a whole number from 1 to 10000, not "0"' },
  });
});
