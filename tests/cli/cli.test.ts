/** Which verb a command line calls, its help, and how mistyped command lines are refused. */
import { describe, expect, test } from 'bun:test';
import manifest from '../../package.json' with { type: 'json' };
import { runInProcess } from './in-process.ts';
import { World } from './world.ts';

const VERBS = [
  'serve',
  'run',
  'jobs',
  'logs',
  'cancel',
  'sessions',
  'attach',
  'terminals',
  'agents',
  'ask',
  'agent',
  'keys',
  'doctor',
  'verify-release',
  'version',
  'login',
  'use',
  'profiles',
  'logout',
  'completion',
];

describe('the program', () => {
  test('prints its version and ends', async () => {
    await using world = World.empty();
    expect(await world.cli(['version'])).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: '' });
  });

  test('refuses a mistyped command line in one line, with exit code 2', async () => {
    await using world = World.empty();
    expect(await world.cli(['run', '--tiemout', '1', 'true'])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'agent-server: unknown option --tiemout (did you mean --timeout?); see npm start -- run --help\n',
    });
  });
});

describe('help and version', () => {
  test.each(['version', '--version', '-v', '--port 8585 --version', 'run --version'])(
    '%s prints the version',
    async (line) => {
      expect(await runInProcess(...line.split(' '))).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: '' });
    },
  );

  test('version --json is a document', async () => {
    expect(JSON.parse((await runInProcess('version', '--json')).stdout)).toMatchObject({ version: manifest.version });
  });

  test('--help names every verb, and every verb has examples', async () => {
    const { code, stdout } = await runInProcess('--help');
    expect(code).toBe(0);
    expect(stdout).not.toContain('__record-exits');
    for (const verb of VERBS) {
      expect(stdout).toContain(`\n  ${verb} `);
      const help = await runInProcess(verb, '--help');
      expect(help).toMatchObject({ code: 0, stderr: '' });
      expect(help.stdout).toContain(`Examples\n  agent-server ${verb}`);
      expect(await runInProcess('help', verb)).toEqual(help);
    }
  });

  test('names the values and the default of an option', async () => {
    const { stdout } = await runInProcess('jobs', '--help');
    expect(stdout).toMatch(/--limit N +List at most this many\. Default: 20\./);
    expect(stdout).toContain('--status pending|running|completed|failed|timeout');
    expect((await runInProcess('logs', '--help')).stdout).toContain('-f, --follow');
  });

  test('has no colour where standard output is no terminal', async () => {
    await using world = World.empty();
    expect((await world.cli(['--help'])).stdout).not.toContain('\u001b');
  });

  test('there is no flag for the key', async () => {
    for (const verb of VERBS) expect((await runInProcess(verb, '--help')).stdout).not.toMatch(/--key(?!-file)/);
    expect((await runInProcess('jobs', '--key', 'secret')).code).toBe(2);
  });
});

describe('a mistyped command line starts nothing', () => {
  test.each([
    [['jbos'], 'unknown verb "jbos" (did you mean jobs?)', ''],
    [['\u001b[2J'], String.raw`unknown verb "\u001b[2J"`, ''],
    [['constructor'], 'unknown verb "constructor"', ''],
    [['--prot', '1'], 'unknown option --prot (did you mean --port?)', ''],
    [['run', 'ls', '-la'], 'unknown option -l', 'run '],
    [['run'], 'COMMAND is missing', 'run '],
    [['run', ' '], 'COMMAND is empty', 'run '],
    [
      ['run', 'echo', 'hi'],
      'unexpected argument "hi"; put quotes around the command, or run a program without a shell: --program -- PROGRAM ARGUMENT…',
      'run ',
    ],
    [['run', 'true', '--timeout'], '--timeout needs a value', 'run '],
    [['run', 'true', '--timeout', 'soon'], '--timeout must be a number of seconds above 0', 'run '],
    [['run', 'true', '--env', 'secret'], '--env must look like NAME=VALUE', 'run '],
    [['run', 'true', '--background', 'no'], '--background must be keep or end', 'run '],
    [['run', 'true', '--session', ''], '--session is empty', 'run '],
    [['run', 'true', '--shell', 'bash'], '--shell is only valid with --session', 'run '],
    [['run', 'true', '--bootstrap', 'x=1'], '--bootstrap is only valid with --session', 'run '],
    [['sessions', 'end', 'x'], 'unknown action "end"; the actions are list and delete', 'sessions '],
    [
      ['sessions', 'delte', 'x'],
      'unknown action "delte" (did you mean delete?); the actions are list and delete',
      'sessions ',
    ],
    [['sessions', 'list', 'x'], 'unexpected argument "x"', 'sessions '],
    [['keys', 'ad'], 'unknown action "ad" (did you mean add?); the actions are add, list, rotate and delete', 'keys '],
    [
      ['terminals', 'lits'],
      'unknown action "lits" (did you mean list?); the actions are list and delete',
      'terminals ',
    ],
    [
      ['agent', 'atach', 'x'],
      'unknown action "atach" (did you mean attach?); the actions are list, attach, log and close',
      'agent ',
    ],
    [['sessions', 'delete'], 'KEY is missing', 'sessions '],
    [['ask', 'x', '--policy', 'yolo'], '--policy must be workdir, read-only, allow-all, deny-all, or ask', 'ask '],
    [['agent'], 'ACTION is missing', 'agent '],
    [['agent', 'end', 'x'], 'unknown action "end"; the actions are list, attach, log and close', 'agent '],
    [['agent', 'log'], 'ID is missing; see npm start -- agent list', 'agent '],
    [['agent', 'list', 'x'], 'unexpected argument "x"', 'agent '],
    [['agent', 'close', 'x', '--since', '3'], '--since is not an option of close', 'agent '],
    [['agent', 'log', 'x', '--since', '-1'], '--since must be the number of an event', 'agent '],
    [['agent', 'log', 'x', '--limit', '0'], '--limit must be a whole number from 1', 'agent '],
    [['logs', 'x', '--tail', '-1'], '--tail must be a whole number of lines', 'logs '],
  ])('%j', async (args, message, verb) => {
    const stderr = `agent-server: ${message}; see npm start -- ${verb}--help\n`;
    expect(await runInProcess(...args)).toEqual({ code: 2, stdout: '', stderr });
  });
});
