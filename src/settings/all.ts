/**
 * Every setting there is: its flag, its environment variable (AGENT_SERVER_<NAME>), its key in the
 * configuration file, its default and what it means. The command line, `--help`, the README's table
 * and the validation are all made from this one list.
 */
export type SettingValue = string | number | boolean | undefined;

export interface Setting<T extends SettingValue> {
  readonly description: string;
  /** Shown in --help, such as `PORT`; absent for a switch. */
  readonly placeholder?: string;
  readonly default: T;
  /** Undefined when the text is not a value of this setting. */
  readonly parse: (text: string) => T | undefined;
  /** What a value must be, for the message that refuses one. */
  readonly expected: string;
  /** A variable of devpilot-agent that means the same; ours goes before it. */
  readonly inheritedName?: string;
}

const integer = (
  placeholder: string,
  fallback: number,
  min: number,
  max: number,
  description: string,
): Setting<number> => ({
  description,
  placeholder,
  default: fallback,
  parse: (text) => {
    const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max ? value : undefined;
  },
  expected: `a whole number from ${min} to ${max}`,
});

const optional = <T extends SettingValue>(setting: Setting<T>): Setting<T | undefined> => ({
  ...setting,
  default: undefined,
});

const seconds = (fallback: number, max: number, description: string): Setting<number> => ({
  description,
  placeholder: 'SECONDS',
  default: fallback,
  parse: (text) => {
    const value = /^\d{1,9}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
    return value <= max ? value : undefined;
  },
  expected: `a number of seconds from 0 to ${max}`,
});

const text = <T extends string | undefined>(
  placeholder: string,
  fallback: T,
  description: string,
): Setting<string | T> => ({
  description,
  placeholder,
  default: fallback,
  parse: (value) => (value === '' ? undefined : value),
  expected: 'a text that is not empty',
});

const oneOf = <const T extends string>(values: readonly [T, ...T[]], description: string): Setting<T> => ({
  description,
  placeholder: values.join('|'),
  default: values[0],
  parse: (value) => values.find((one) => one === value),
  expected: `one of ${values.join(', ')}`,
});

const toggle = (description: string): Setting<boolean> => ({
  description,
  default: false,
  parse: (value) => (value === 'true' || value === '1' ? true : value === 'false' || value === '0' ? false : undefined),
  expected: 'true or false',
});

const inherited = <T extends SettingValue>(inheritedName: string, setting: Setting<T>): Setting<T> => ({
  ...setting,
  inheritedName,
});

export const SETTINGS = {
  port: integer('PORT', 8585, 0, 65_535, 'Port of the HTTP server. 0 takes any free one and prints it.'),
  'terminal-port': optional(
    integer('PORT', 0, 0, 65_535, 'Port of the terminal sockets. Default: the port after --port. 0: none.'),
  ),
  host: text('ADDRESS', '127.0.0.1', 'Address to listen on. Anything but loopback lets the network reach this server.'),
  'allow-host': text(
    'HOST[,HOST…]',
    undefined,
    'Further names under which clients may address this server (Host and Origin).',
  ),
  'data-dir': text('PATH', undefined, 'Folder of jobs and their output. One server per folder.'),
  'max-jobs': integer('N', 1024, 1, 100_000, 'Jobs that run at once. More wait as pending.'),
  'keep-jobs': integer('N', 1000, 100, 10_000_000, 'Finished jobs kept. The oldest go first, a running one never.'),
  'keep-bytes': integer(
    'BYTES',
    10_000_000_000,
    0,
    Number.MAX_SAFE_INTEGER,
    'Output of finished jobs kept, in bytes; the last 100 jobs are kept whatever they weigh.',
  ),
  'kill-grace': seconds(2, 600, 'Seconds between asking a process tree to end (SIGTERM) and ending it (SIGKILL).'),
  'max-sessions': inherited(
    'DEVPILOT_PERSISTENT_SHELL_MAX_SESSIONS',
    integer('N', 32, 1, 10_000, 'Persistent shell sessions kept at once.'),
  ),
  'session-idle-timeout': inherited(
    'DEVPILOT_PERSISTENT_SHELL_IDLE_TIMEOUT_SECONDS',
    seconds(0, 31_536_000, 'Seconds without a command after which a persistent shell session is ended. 0: never.'),
  ),
  'terminal-shell': text(
    'PROGRAM',
    undefined,
    'Program of terminals that name none. Default: `$SHELL`, else `bash`, else `sh`; on Windows `pwsh`, else `powershell`, else `cmd.exe`.',
  ),
  'max-terminal-sessions': integer('N', 2, 0, 10_000, 'Terminals at once that a socket opened, and that end with it.'),
  'max-terminals': integer('N', 32, 0, 10_000, 'Terminals at once that `POST /terminals` made.'),
  'terminal-idle-timeout': seconds(
    900,
    31_536_000,
    'Seconds without input after which a socket that opened its terminal is closed. 0: never.',
  ),
  'terminal-lifetime': seconds(
    3600,
    31_536_000,
    'Seconds after which a socket that opened its terminal is closed. 0: never.',
  ),
  'terminal-keep': seconds(
    86_400,
    31_536_000,
    'Seconds without socket, input or output after which a terminal of `POST /terminals` is ended. 0: never.',
  ),
  'pty-engine': oneOf(
    ['bun', 'bun-pty'],
    'What opens terminals: Bun itself, or the slower package bun-pty, which is also used where Bun cannot open any.',
  ),
  'spare-shells': oneOf(['on', 'off'], 'Whether a warm spare of each kind of persistent shell in use is kept.'),
  'log-format': oneOf(['text', 'json'], 'How log lines on stderr look.'),
  name: text('NAME', undefined, 'Name under which this machine registers. Default: its host name.'),
  register: text('URL', undefined, 'Dashboard to register with.'),
  wrapper: toggle('Run under the supervisor that restarts after an update.'),
  tunnel: toggle('Open a devtunnel.'),
  'tunnel-id': text('ID', undefined, 'Id of the devtunnel to use.'),
} satisfies Record<string, Setting<SettingValue>>;

export type SettingName = keyof typeof SETTINGS;
export type Settings = { readonly [Name in SettingName]: (typeof SETTINGS)[Name] extends Setting<infer T> ? T : never };

/** Accepted so that launch scripts written for devpilot-agent go on working; not built yet. */
export const NOT_BUILT_YET: readonly SettingName[] = ['register', 'wrapper', 'tunnel', 'tunnel-id'];

export const environmentName = (name: SettingName): string => `AGENT_SERVER_${name.replaceAll('-', '_').toUpperCase()}`;
