/** Our half of the way to PowerShell on Windows: pipes, channel and marks, against a stand-in for the other half. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import { win32 } from 'node:path';
import { newId } from '../../src/core/id.ts';
import { labMissing } from '../support/wine.ts';
import { openPowerShell } from './powershell.ts';
import { World, type Driver } from './world.ts';

const missing = labMissing();
if (missing !== undefined) console.log(`tests/windows/powershell-server-half.test.ts skipped: ${missing}`);
const real = await openPowerShell('PowerShell itself on Windows');

const ENV = {
  SystemRoot: 'C:\\windows',
  PATH: 'C:\\windows\\system32;C:\\windows',
  ComSpec: 'C:\\windows\\system32\\cmd.exe',
  PATHEXT: '.COM;.EXE',
};

describe.skipIf(missing !== undefined)('a resident shell behind a named pipe', () => {
  let world: World;
  let driver: Driver;
  let count = 0;
  beforeAll(async () => {
    world = await World.open();
    driver = await world.driver(real?.env);
  }, 120_000);
  afterAll(() => world[Symbol.asyncDispose]());

  async function start(path = world.driverPath): Promise<string> {
    const treeId = newId();
    await driver.call('startPowerShell', path, world.makeFolder(treeId), ENV, treeId);
    return treeId;
  }
  async function run(shell: string, text: string, input: string | null = null) {
    const base = win32.join(world.folder.native, `c${(count += 1)}`);
    const files = { text: `${base}.cmd`, stdin: `${base}.in`, stdout: `${base}.out`, stderr: `${base}.err` };
    writeFileSync(world.host(files.text), text.replaceAll('\n', '\r\n'));
    const answer = await driver.call('runInPowerShell', shell, files, input);
    const read = (path: string) => world.bytes(path).toString('utf8').replaceAll('\r\n', '\n');
    return { ...answer, out: read(files.stdout), err: read(files.stderr) };
  }

  test('each stream goes to its own file, without the marks, and the code is the command’s', async () => {
    const shell = await start();
    expect(await run(shell, 'echo out\n>&2 echo err\nexit 7')).toMatchObject({
      end: { how: 'finished', exitCode: 7 },
      out: 'out\n',
      err: 'err\n',
    });
    expect(await run(shell, 'echo next')).toMatchObject({
      end: { how: 'finished', exitCode: 0 },
      out: 'next\n',
      err: '',
    });
    await driver.call('endTree', shell);
  });

  test('a hundred megabytes arrive whole', async () => {
    const shell = await start();
    const { out, end } = await run(shell, `"${world.driverPath}" __flood 100000000`);
    expect({ bytes: out.length, end }).toEqual({ bytes: 100_000_000, end: { how: 'finished', exitCode: 0 } });
    await driver.call('endTree', shell);
  }, 120_000);

  test('what looks like a mark is only text', async () => {
    const shell = await start();
    const text = '\u0001agent-server:00000000000000000000000000000000';
    expect((await run(shell, `echo ${text}`)).out).toBe(`${text}\n`);
    await driver.call('endTree', shell);
  });

  test('a program that reads gets end of input, and whoever writes is told so', async () => {
    const shell = await start();
    expect(await run(shell, 'sort', 'never read\r\n')).toMatchObject({
      end: { how: 'finished', exitCode: 0 },
      input: 'stdin-closed',
      out: '',
    });
    expect((await run(shell, 'echo next')).out).toBe('next\n');
    await driver.call('endTree', shell);
  });

  test('the end of the shell is the end of the command', async () => {
    const shell = await start();
    expect(await run(shell, 'echo last\nexit 99')).toMatchObject({
      end: { how: 'shell-exited', exitCode: 42 },
      out: 'last\n',
    });
  });

  test('a program that ends instead of answering is no shell, and says so', async () => {
    expect(await start('C:\\windows\\system32\\whoami.exe').catch(String)).toContain('it ended while it was started');
  });

  test.if(real !== undefined)('PowerShell itself', async () => {
    const shell = await start(real?.path);
    expect(await run(shell, "$x = 'kept'; [Console]::Error.WriteLine('err'); cmd /c exit 7")).toMatchObject({
      end: { how: 'finished', exitCode: 7 },
      err: 'err\n',
    });
    expect((await run(shell, '$x; sort.exe')).out).toBe('kept\n');
    expect((await run(shell, 'exit 5')).end).toEqual({ how: 'shell-exited', exitCode: 5 });
  });
});
