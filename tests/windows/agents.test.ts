/** Agents as npm installs them on Windows: behind batch files. */
import { expect, test } from 'bun:test';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, win32 } from 'node:path';
import { inLab } from './in-lab.ts';

inLab('agents on Windows', (lab) => {
  test('are found behind batch files, with their versions', async () => {
    const npm = lab.world.makeFolder('npm');
    const file = (name: string, text: string): string => {
      const path = win32.join(npm, name);
      mkdirSync(dirname(lab.world.host(path)), { recursive: true });
      writeFileSync(lab.world.host(path), text);
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
    const before = (await lab.world.lab.list()).map(({ pid }) => pid);
    const Path = `${npm};C:\\windows\\system32`;
    const env = { SystemRoot: 'C:\\windows', Path };
    const { atOnce, settled, resolved } = await lab.driver.call('agents', env, npm, 3000, 'copilot --acp "a b" %PATH%');
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
    const left = (await lab.world.lab.list()).filter(
      ({ pid, name }) => !before.includes(pid) && /^(?:cmd|ping)\b/i.test(name),
    );
    expect(left).toEqual([]);
  }, 60_000);
});
