import { describe, expect, test } from 'bun:test';
import manifest from '../../package.json' with { type: 'json' };
import { World } from './world.ts';

const VERBS = ['serve', 'run', 'jobs', 'logs', 'sessions', 'cancel', 'doctor', 'version'];

describe('help and version', () => {
  test.each(['version', '--version', '-v', '--port 8585 --version', 'run --version'])(
    '%s prints the version',
    async (line) => {
      await using world = World.empty();
      expect(await world.cli(line.split(' '))).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: '' });
    },
  );

  test('version --json is a document', async () => {
    await using world = World.empty();
    expect(JSON.parse((await world.cli(['version', '--json'])).stdout)).toMatchObject({ version: manifest.version });
  });

  test('--help names every verb, and every verb has examples', async () => {
    await using world = World.empty();
    const { code, stdout } = await world.cli(['--help']);
    expect(code).toBe(0);
    for (const verb of VERBS) {
      expect(stdout).toContain(`\n  ${verb} `);
      const help = await world.cli([verb, '--help']);
      expect(help).toMatchObject({ code: 0, stderr: '' });
      expect(help.stdout).toContain(`Examples\n  agent-server ${verb}`);
    }
    expect(stdout).not.toContain('\u001b');
  });

  test('there is no flag for the key', async () => {
    await using world = World.empty();
    for (const verb of VERBS) expect((await world.cli([verb, '--help'])).stdout).not.toContain('--key');
    expect((await world.cli(['jobs', '--key', 'secret'])).code).toBe(2);
  });
});

describe('a typing mistake starts nothing', () => {
  test.each([
    [['jbos'], 'unknown verb "jbos"; see agent-server --help'],
    [['\u001b[2J'], 'unknown verb "\\u001b[2J"; see agent-server --help'],
    [['constructor'], 'unknown verb "constructor"; see agent-server --help'],
    [['--prot', '1'], 'unknown option --prot; see agent-server --help'],
    [['run', '--tiemout', '1', 'true'], 'unknown option --tiemout; see agent-server run --help'],
    [['run', 'ls', '-la'], 'unknown option -la; see agent-server run --help'],
    [['run'], 'COMMAND is missing; see agent-server run --help'],
    [['run', ' '], 'COMMAND is empty; see agent-server run --help'],
    [['run', 'echo', 'hi'], 'unexpected argument "hi"; put quotes around what has spaces; see agent-server run --help'],
    [['run', 'true', '--timeout'], '--timeout needs a value; see agent-server run --help'],
    [
      ['run', 'true', '--timeout', 'soon'],
      '--timeout must be a number of seconds above 0; see agent-server run --help',
    ],
    [['run', 'true', '--env', 'secret'], '--env must look like NAME=VALUE; see agent-server run --help'],
    [['run', 'true', '--background', 'no'], '--background must be keep or end; see agent-server run --help'],
    [['run', 'true', '--session', ''], '--session is empty; see agent-server run --help'],
    [['run', 'true', '--shell', 'bash'], '--shell goes with --session; see agent-server run --help'],
    [['run', 'true', '--bootstrap', 'x=1'], '--bootstrap goes with --session; see agent-server run --help'],
    [['sessions', 'end', 'x'], 'unknown action "end", there is only delete; see agent-server sessions --help'],
    [['sessions', 'delete'], 'KEY is missing; see agent-server sessions --help'],
    [['logs', 'x', '--tail', '-1'], '--tail must be a whole number of lines; see agent-server logs --help'],
  ])('%j', async (args, line) => {
    await using world = World.empty();
    await Bun.write(`${world.home}/devpilot-agent/api_key`, 'some-key');
    expect(await world.cli(args)).toEqual({ code: 2, stdout: '', stderr: `agent-server: ${line}\n` });
  });
});
