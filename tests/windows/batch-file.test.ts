/** Programs behind a batch file, as npm installs them: they get their arguments as they are, and end with all they started. */
import { expect, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import { win32 } from 'node:path';
import { BATCH_ARGUMENTS, BATCH_VARIABLES } from '../support/batch-arguments.ts';
import { waitFor } from '../support/wait.ts';
import { inLab } from './in-lab.ts';

/** What the package cmd-shim writes for npm, with the program in the place of node and its script. */
const shim = (program: string, verb: string): string =>
  [
    '@ECHO off',
    'GOTO start',
    ':find_dp0',
    'SET dp0=%~dp0',
    'EXIT /b',
    ':start',
    'SETLOCAL',
    'CALL :find_dp0',
    '',
    'IF EXIST "%dp0%\\node.exe" (',
    '  SET "_prog=%dp0%\\node.exe"',
    ') ELSE (',
    `  SET "_prog=${program}"`,
    '  SET PATHEXT=%PATHEXT:;.JS;=;%',
    ')',
    '',
    `endLocal & goto #_undefined_# 2>NUL || title %COMSPEC% & "%_prog%"  "${verb}" %*`,
    '',
  ].join('\r\n');

/** What the older ones looked like. */
const plainShim = (program: string, verb: string): string => `@"${program}" "${verb}" %*\r\n`;

inLab('a batch file on Windows', (lab) => {
  const file = (name: string, text: string): string => {
    const path = win32.join(lab.world.folder.native, name);
    writeFileSync(lab.world.host(path), text);
    return path;
  };
  const heardBy = async (path: string, args: readonly string[]) => {
    const env = { SystemRoot: 'C:\\windows', PATH: 'C:\\windows\\system32', ...BATCH_VARIABLES };
    const order = lab.world.order([path, ...args], { env });
    await lab.driver.launch(order);
    const code = await lab.driver.code(order);
    const { stdout, stderr } = await waitFor('both ends', async () => {
      const both = await lab.driver.call('heard', order.treeId);
      return both.stdout.ended && both.stderr.ended && both;
    });
    await lab.driver.call('release', order.treeId);
    return { code, stdout: stdout.text, stderr: stderr.text };
  };

  for (const [kind, text] of [
    ['of npm', shim],
    ['of one line', plainShim],
  ] as const)
    test.each(BATCH_ARGUMENTS.map((args) => [args]))(`${kind} hands over %j`, async (args) => {
      const path = file('my agent & co (%NAME%).cmd', text(lab.world.driverPath, '__arguments'));
      const { code, stdout, stderr } = await heardBy(path, args);
      expect({ code, stderr, stdout }).toEqual({ code: 0, stderr: '', stdout: `${JSON.stringify({ args })}\n` });
    });

  test('hands over many at once, and its exit code', async () => {
    const all = BATCH_ARGUMENTS.flat();
    const path = file('all.CMD', `${plainShim(lab.world.driverPath, '__arguments')}@exit /b 37\r\n`);
    expect(await heardBy(path, all)).toEqual({ code: 37, stderr: '', stdout: `${JSON.stringify({ args: all })}\n` });
  });

  test('is not started with what cannot be handed over, nor when it is not there', async () => {
    const path = file('agent.cmd', plainShim(lab.world.driverPath, '__arguments'));
    const refusal = (...argv: string[]) => lab.driver.call('launch', lab.world.order(argv));
    for (const argument of ['a\nb', 'a\r', '\u0000', 'x\u001ay'])
      expect(await refusal(path, 'fine', argument)).toEqual({
        reason: 'spawn-refused',
        detail: `a batch file (${path}) cannot be given an argument with a line end or another control character: ${JSON.stringify(argument)}`,
      });
    expect(await refusal(path, 'x'.repeat(8192))).toMatchObject({
      reason: 'spawn-refused',
      detail: expect.stringContaining('can be given 8191 characters'),
    });
    const none = win32.join(lab.world.folder.native, 'none.bat');
    expect(await refusal(none)).toEqual({ reason: 'spawn-refused', detail: `there is no batch file ${none}` });
  });

  test('and a command text are not started in a folder that cmd.exe would replace by another', async () => {
    const path = file('folder.cmd', '@echo ran\r\n');
    for (const argv of [[path] as const, 'echo ran'])
      for (const cwd of ['\\\\stranger\\share', '//stranger/share', `\\\\?\\${lab.world.folder.native}`])
        expect(await lab.driver.call('launch', { ...lab.world.order(argv), cwd })).toEqual({
          reason: 'spawn-refused',
          detail: `cmd.exe cannot work in a folder whose path begins like ${cwd}`,
        });
  });

  test('is ended with the program behind it', async () => {
    const path = file('sleeper.cmd', '@ping -n 600 127.0.0.1 >nul\r\n');
    const order = lab.world.order([path]);
    await lab.driver.launch(order);
    const pids = await waitFor('cmd.exe and its program', async () => {
      const members = await lab.driver.call('jobPids', order.treeId);
      return members.length >= 2 && members;
    });
    await lab.driver.call('endTree', order.treeId);
    const alive = await Promise.all(pids.map((pid) => lab.driver.call('alive', pid)));
    expect(alive).toEqual(pids.map(() => false));
    expect(await lab.driver.code(order)).toBe(1);
  }, 30_000);

  test('talks with us through its streams', async () => {
    const path = file('sorter.cmd', '@sort\r\n');
    const order = lab.world.order([path]);
    await lab.driver.launch(order);
    await lab.driver.call('write', order.treeId, 'b\r\na\r\n');
    await lab.driver.call('closeInput', order.treeId);
    expect(await lab.driver.code(order)).toBe(0);
    const { stdout } = await waitFor('the end', async () => {
      const both = await lab.driver.call('heard', order.treeId);
      return both.stdout.ended && both;
    });
    expect(stdout.text.replaceAll('\r\n', '\n')).toBe('a\nb\n');
  });
});
