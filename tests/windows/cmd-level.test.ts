/** What a command in cmd finds of the one before, as at its prompt: ERRORLEVEL. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { Rig, type JobView } from '../support/rig.ts';
import { openExecutable } from './executable.ts';

const door = await openExecutable('the level between two commands of cmd');

describe.skipIf(door === undefined)('the level between two commands of cmd', () => {
  let rig: Rig;
  beforeAll(async () => {
    if (door !== undefined) rig = await Rig.start(door);
  });
  afterAll(async () => rig[Symbol.asyncDispose]());

  const run = async (sessionKey: string, command: string, more: object = {}): Promise<JobView> =>
    rig.run(command, { mode: 'persistent_shell', sessionKey, shell: 'cmd', ...more });

  const failing = ['exit /b 7', 'cmd /c exit 7', 'exit /b -1', 'no_such_program', 'cd /d C:\\does\\not\\exist'];
  const asking = [
    'echo %ERRORLEVEL%',
    '@echo %errorlevel%',
    '\n  echo %ErrorLevel%',
    'echo %ERRORLEVEL:~0%& rem',
    'set x=%ERRORLEVEL%\necho %x%',
    'for %%i in (%ERRORLEVEL%) do @echo %%i',
    '(\nver >nul\n)& echo %ERRORLEVEL%',
  ];
  test.each(failing)('%p: the next command finds its code, in any of its words, and succeeds', async (command) => {
    for (const ask of asking) {
      const { exitCode = 0 } = await run('levels', command);
      expect(exitCode).toBeGreaterThan(0);
      expect(await run('levels', ask)).toMatchObject({ stdout: `${exitCode | 0}\n`, exitCode: 0 });
    }
  });

  test('`if errorlevel` finds it too, and what stands behind a label', async () => {
    await run('words', 'exit /b 7');
    expect((await run('words', 'if errorlevel 8 echo 8\nif errorlevel 7 echo 7')).stdout).toBe('7\n');
    expect((await run('words', 'if not errorlevel 8 echo no 8')).stdout).toBe('no 8\n');
    expect((await run('words', ':here\necho %ERRORLEVEL%\nver >nul')).stdout).toBe('7\n');
  });

  test('who does not ask is not judged by it, and fails with the same code again when it fails', async () => {
    await run('judged', 'exit /b 7');
    expect(await run('judged', 'echo x')).toMatchObject({ exitCode: 0, status: 'completed' });
    await run('judged', 'exit /b 7');
    const same = ['if errorlevel 7 exit /b 7', 'exit /b %ERRORLEVEL%', 'echo %ERRORLEVEL%\ncmd /c exit 7'];
    for (const command of same) expect(await run('judged', command)).toMatchObject({ exitCode: 7, status: 'failed' });
    expect((await run('judged', 'echo %ERRORLEVEL%\ncmd /c exit 3')).exitCode).toBe(3);
    expect((await run('judged', 'echo %ERRORLEVEL%\nver >nul')).exitCode).toBe(0);
    expect((await run('judged', 'echo %ERRORLEVEL%')).stdout).toBe('0\n');
  });

  test('it is 0 in a new process, and after a bootstrap', async () => {
    const bootstrapCommand = 'cmd /c exit 5\nver >nul';
    expect((await run('new', 'echo %ERRORLEVEL%', { bootstrapCommand })).stdout).toBe('0\n');
    await run('new', 'exit 6');
    expect((await run('new', 'echo %ERRORLEVEL%')).stdout).toBe('0\n');
  });

  test('that of what does not parse is that of its job', async () => {
    const { exitCode } = await run('unparsable', 'if 1==1 (');
    expect(exitCode).toBeGreaterThan(0);
    expect((await run('unparsable', 'echo %ERRORLEVEL%')).stdout).toBe(`${exitCode}\n`);
  });

  test('a variable of that name lasts no longer than its command, and does not hide it', async () => {
    await run('hidden', 'set ERRORLEVEL=5\ncmd /c exit 7');
    expect((await run('hidden', 'echo %ERRORLEVEL%')).stdout).toBe('7\n');
  });
});
