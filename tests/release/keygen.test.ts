/** `npm run keygen`. */
import { expect, test } from 'bun:test';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { parseSecretKey } from '../../src/release/keys/key-pair.ts';
import { Sandbox } from '../support/sandbox.ts';
import { command } from './world.ts';

const onPosix = process.platform !== 'win32';

test('makes a folder with a pair in it, the secret half for its owner alone', async () => {
  using sandbox = new Sandbox();
  const folder = sandbox.file('new', 'keys');
  const { code, stdout, stderr } = await command('keygen', folder, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const { publicKey, secretKey, keyId } = JSON.parse(stdout) as Record<string, string>;
  expect([publicKey, secretKey]).toEqual([
    sandbox.file('new/keys/agent-server.pub'),
    sandbox.file('new/keys/agent-server.key'),
  ]);
  const secret = await parseSecretKey(readFileSync(secretKey ?? '', 'utf8'), 'the file');
  expect(secret.keyId).toBe(keyId ?? '');
  expect(readFileSync(publicKey ?? '', 'utf8')).toContain(secret.publicKey);
  if (onPosix) {
    expect(statSync(secretKey ?? '').mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  }
});

test('never overwrites, whichever half is there', async () => {
  using sandbox = new Sandbox();
  for (const name of ['agent-server.key', 'agent-server.pub']) {
    const folder = sandbox.file(name);
    mkdirSync(folder);
    writeFileSync(`${folder}/${name}`, 'precious');
    const { code, stdout, stderr } = await command('keygen', folder);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe(`keygen: ${folder}/${name} is there already and is not overwritten: name another folder\n`);
    expect(readFileSync(`${folder}/${name}`, 'utf8')).toBe('precious');
    const other = name === 'agent-server.key' ? 'agent-server.pub' : 'agent-server.key';
    expect(existsSync(`${folder}/${other}`)).toBe(false);
  }
});

test('makes another pair every time', async () => {
  using sandbox = new Sandbox();
  const [one, two] = await Promise.all(['one', 'two'].map((name) => command('keygen', sandbox.file(name), '--json')));
  const keyId = (json = '') => (JSON.parse(json) as { keyId: string }).keyId;
  expect(keyId(one?.stdout)).not.toBe(keyId(two?.stdout));
});

test('says what is wrong with a command line', async () => {
  expect(await command('keygen')).toEqual({
    code: 2,
    stdout: '',
    stderr: 'keygen: DIR is missing; see npm run keygen -- --help\n',
  });
  expect(await command('keygen', 'a', 'b')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('unexpected argument "b"'),
  });
  expect(await command('keygen', '--force', 'a')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--force'),
  });
  using sandbox = new Sandbox();
  writeFileSync(sandbox.file('file'), '');
  const { code, stderr } = await command('keygen', sandbox.file('file', 'keys'));
  expect(code).toBe(1);
  expect(stderr).toStartWith(`keygen: ${sandbox.file('file', 'keys')} cannot be made: `);
});

test.each(['build', 'keygen', 'release', 'verify'] as const)('%s --help has examples', async (name) => {
  const { code, stdout, stderr } = await command(name, '--help');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain(`\n  npm run ${name} -- `);
});
