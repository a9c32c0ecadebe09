/** What the options of `npm run build` bake in, and which are refused before anything is built. */
import { describe, expect, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import { bakedInfo } from '../../src/release/build/baked-info.ts';
import { makeKeyPair } from '../../src/release/keys/key-pair.ts';
import { Sandbox } from '../support/sandbox.ts';
import { command } from './world.ts';

test('what is given is baked in, and nothing else', async () => {
  using sandbox = new Sandbox();
  const pairs = [await makeKeyPair(), await makeKeyPair()];
  const files = pairs.map(({ publicText }, index) => {
    writeFileSync(sandbox.file(`${index}.pub`), publicText);
    return sandbox.file(`${index}.pub`);
  });
  expect(bakedInfo({})).toEqual({});
  const options = {
    version: '1.2.3-rc.1',
    'public-key': files,
    'update-url': 'https://example.com/a/',
    channel: 'beta',
  };
  expect(bakedInfo(options)).toEqual({
    version: '1.2.3-rc.1',
    publicKeys: pairs.map(({ publicText }) => publicText.trim()),
    updateUrl: 'https://example.com/a',
    channel: 'beta',
  });
});

describe('refused is', () => {
  test.each<[args: readonly string[], trouble: string]>([
    [['--version', '1.2'], '--version must be a semantic version such as 1.2.3 or 1.2.3-rc.1, not "1.2"'],
    [['--channel', 'a b'], '--channel must be a name such as stable or beta, not "a b"'],
    [
      ['--update-url', 'http://example.com/'],
      '--update-url http://example.com/ cannot be used: it must begin with https://',
    ],
    [['--update-url', 'releases'], '--update-url releases cannot be used: it is not an address'],
    [['--public-key', '/nowhere/at/all'], '--public-key /nowhere/at/all cannot be read'],
    [['--public-key', import.meta.path], `--public-key ${import.meta.path} is not a minisign public key`],
    [['--target', 'amiga'], 'unknown target "amiga"; there are linux-x64,'],
  ])('%j', async (args, trouble) => {
    // With a target that is none, so that nothing is built even if the option were taken.
    const { code, stdout, stderr } = await command(
      'build',
      ...args,
      ...(args[0] === '--target' ? [] : ['--target', 'linux-x64']),
    );
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining(`build: ${trouble}`),
    });
  });
});
