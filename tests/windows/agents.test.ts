/** Agents as npm installs them on Windows: behind batch files. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, win32 } from 'node:path';
import { labMissing } from '../support/wine.ts';
import { World, type Driver } from './world.ts';

const missing = labMissing();
if (missing !== undefined) console.log(`tests/windows/agents.test.ts skipped: ${missing}`);

describe.skipIf(missing !== undefined)('agents on Windows', () => {
  let world: World;
  let driver: Driver;
  beforeAll(async () => {
    world = await World.open();
    driver = await world.driver();
  }, 120_000);
  afterAll(() => world[Symbol.asyncDispose]());

  test('are found behind batch files, with their versions', async () => {
    const npm = world.makeFolder('npm');
    const file = (name: string, text: string): string => {
      const path = win32.join(npm, name);
      mkdirSync(dirname(world.host(path)), { recursive: true });
      writeFileSync(world.host(path), text);
      return path;
    };
    file('node_modules\\@google\\gemini-cli\\package.json', '{"name":"@google/gemini-cli","version":"0.61.0"}');
    file('node_modules\\@google\\gemini-cli\\bundle\\gemini.js', '');
    file('gemini', '#!/bin/sh\n');
    // The program is not there: the package alone tells.
    file('gemini.cmd', '@"%~dp0\\node.exe"  "%~dp0\\node_modules\\@google\\gemini-cli\\bundle\\gemini.js" %*\r\n');
    const copilot = file('copilot.cmd', '@echo GitHub Copilot CLI 1.0.105.\r\n');
    file('goose.cmd', '@echo goose version: v3.26.0\r\n');
    file('cline.cmd', '@ping -n 600 127.0.0.1 >nul\r\n');
    const before = (await world.lab.list()).map(({ pid }) => pid);
    const Path = `${npm};C:\\windows\\system32`;
    const env = { SystemRoot: 'C:\\windows', Path };
    const { atOnce, settled, resolved } = await driver.call('agents', env, npm, 3000, 'copilot --acp "a b" %PATH%');
    expect(atOnce).toEqual([
      ['copilot', null],
      ['gemini', '0.61.0'],
      ['goose', null],
      ['cline', null],
    ]);
    expect(settled).toEqual([
      ['copilot', '1.0.105'],
      ['gemini', '0.61.0'],
      ['cline', null],
    ]);
    expect(resolved).toMatchObject({ name: 'copilot', argv: [copilot, '--acp', 'a b', '%PATH%'] });
    const left = (await world.lab.list()).filter(
      ({ pid, name }) => !before.includes(pid) && /^(?:cmd|ping)\b/i.test(name),
    );
    expect(left).toEqual([]);
  }, 60_000);
});
