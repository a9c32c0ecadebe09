/** Settings from flags, environment and file: which counts, and what is refused. */
import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { loadConfig, type Flags } from '../../src/settings/config.ts';
import { Machine } from './machine.ts';

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
    'min-free-bytes': 104_857_600,
    'max-jobs': 1024,
    'keep-jobs': 1000,
    'keep-bytes': 10_000_000_000,
    'kill-grace': 2,
    'max-sessions': 32,
    'session-idle-timeout': 0,
    'terminal-shell': undefined,
    'ports-host': undefined,
    'ports-keep-host': false,
    'pty-engine': 'bun',
    'max-terminal-sessions': 2,
    'max-terminals': 32,
    'terminal-idle-timeout': 900,
    'terminal-lifetime': 3600,
    'terminal-keep': 86_400,
    'spare-shells': 'on',
    'acp-policy': 'workdir',
    'acp-agent': undefined,
    'acp-cwd': undefined,
    'agent-session-idle': 1800,
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
