/** What a command sees and what comes out of it, through the real cmd.exe. */
import { expect, test } from 'bun:test';
import { statSync } from 'node:fs';
import { win32 } from 'node:path';
import { waitFor } from '../support/wait.ts';
import { inLab } from './in-lab.ts';

inLab('a shell command on Windows', (lab) => {
  test.each([0, 5, 255, 259])('ends with exit code %d', async (code) => {
    expect(await lab.driver.run(lab.world.request(`exit ${code}`))).toBe(code);
  });

  test('keeps its quotes', async () => {
    const request = lab.world.request('echo "a b" & echo c');
    expect(await lab.driver.run(request)).toBe(0);
    expect(lab.world.stdout(request)).toBe('"a b" \nc\n');
  });

  test('may begin and end with a quoted path', async () => {
    const folder = lab.world.makeFolder('with space');
    expect(await lab.driver.run(lab.world.request(`copy %ComSpec% "${win32.join(folder, 'shell.exe')}" >nul`))).toBe(0);
    const request = lab.world.request(`"${win32.join(folder, 'shell.exe')}" /c "echo inner & exit 7"`);
    expect(await lab.driver.run(request)).toBe(7);
    expect(lab.world.stdout(request)).toContain('inner');
  });

  test('may be 8,000 characters long', async () => {
    const text = 'x'.repeat(7_900);
    const request = lab.world.request(`echo ${text}`);
    expect(await lab.driver.run(request)).toBe(0);
    expect(lab.world.stdout(request)).toBe(`${text}\n`);
  });

  test('that is longer than Windows takes is refused with both lengths', async () => {
    expect(await lab.driver.call('spawn', lab.world.request(`echo ${'x'.repeat(40_000)}`))).toMatchObject({
      reason: 'spawn-refused',
      detail: expect.stringMatching(/has \d+ characters, and Windows takes 32766/),
    });
  });

  test('writes stdout and stderr to their own files', async () => {
    const request = lab.world.request('echo out& echo err>&2');
    await lab.driver.run(request);
    expect([lab.world.stdout(request), lab.world.stderr(request)]).toEqual(['out\n', 'err\n']);
  });

  test('appends to what the files have already', async () => {
    const request = lab.world.request('echo one');
    await lab.driver.run(request);
    await lab.driver.run({ ...request, command: 'echo two' });
    expect(lab.world.stdout(request)).toBe('one\ntwo\n');
  });

  test('sees its environment, Unicode and all, with names told apart without case', async () => {
    const request = lab.world.request('set', {
      env: { Grüße: 'Übergröße 漢字 🎉', PATH: 'C:\\first', Path: 'C:\\windows\\system32' },
    });
    const file = { ...request, command: `cmd /u /c set > "${win32.join(lab.world.folder.native, 'env.txt')}"` };
    expect(await lab.driver.run(file)).toBe(0);
    const lines = lab.world.bytes(win32.join(lab.world.folder.native, 'env.txt')).toString('utf16le').split(/\r?\n/);
    expect(lines.filter((line) => /^(gr|path=)/i.test(line))).toEqual([
      'Grüße=Übergröße 漢字 🎉',
      'Path=C:\\windows\\system32',
    ]);
  });

  test('runs in a folder with a Unicode name', async () => {
    const cwd = lab.world.makeFolder('Straße 漢字');
    expect(await lab.driver.run(lab.world.request('echo here> made.txt', { cwd }))).toBe(0);
    expect(lab.world.bytes(win32.join(cwd, 'made.txt')).toString()).toBe('here\r\n');
  });

  test('is refused in a folder that does not exist', async () => {
    const cwd = win32.join(lab.world.folder.native, 'nowhere');
    expect(await lab.driver.call('spawn', lab.world.request('echo x', { cwd }))).toEqual({
      reason: 'cwd-missing',
      cwd,
    });
  });

  test('is refused when its output cannot be written', async () => {
    const stdoutPath = win32.join(lab.world.folder.native, 'nowhere', 'out');
    expect(await lab.driver.call('spawn', lab.world.request('echo x', { stdoutPath }))).toMatchObject({
      reason: 'spawn-refused',
      detail: expect.stringContaining('CreateFileW'),
    });
  });

  test('puts out 50 MB without losing a byte', async () => {
    const request = lab.world.request(`"${lab.world.driverPath}" __flood 50000000`);
    expect(await lab.driver.run(request)).toBe(0);
    expect(statSync(lab.world.host(request.stdoutPath)).size).toBe(50_000_000);
  }, 60_000);

  test('reads what is written to its stdin, up to the end', async () => {
    const request = lab.world.request('findstr b');
    await lab.driver.start(request);
    expect(await lab.driver.call('write', request.treeId, 'abc\r\nxyz\r\n')).toBe('written');
    expect(await lab.driver.call('write', request.treeId, 'bcd\r\n')).toBe('written');
    await lab.driver.call('closeInput', request.treeId);
    expect(await lab.driver.call('write', request.treeId, 'late')).toBe('stdin-closed');
    expect(await lab.driver.code(request)).toBe(0);
    expect(lab.world.stdout(request)).toBe('abc\nbcd\n');
    expect(await lab.driver.call('write', request.treeId, 'later')).toBe('process-gone');
  });

  test('goes on at a newline', async () => {
    const request = lab.world.request('set /p line= & echo went on');
    await lab.driver.start(request);
    await lab.driver.call('write', request.treeId, '\n');
    expect(await lab.driver.code(request)).toBe(0);
    expect(lab.world.stdout(request)).toContain('went on');
  });

  test('that does not read holds its writer up, and nobody else', async () => {
    const request = lab.world.request('ping -n 60 127.0.0.1 >nul');
    await lab.driver.start(request);
    let settled = false;
    const write = lab.driver
      .call('write', request.treeId, 'x'.repeat(1_000_000))
      .then((result) => ((settled = true), result));
    expect(await lab.driver.run(lab.world.request('echo others'))).toBe(0);
    expect(settled).toBe(false);
    await lab.driver.call('endTree', request.treeId);
    expect(await write).toBe('process-gone');
  });

  test('runs beside two hundred others', async () => {
    const requests = Array.from({ length: 200 }, (_, index) => lab.world.request(`echo ${index}& exit ${index}`));
    const codes = await Promise.all(requests.map((request) => lab.driver.run(request)));
    expect(codes).toEqual(requests.map((_, index) => index));
    expect(requests.map((request) => lab.world.stdout(request))).toEqual(requests.map((_, index) => `${index}\n`));
  }, 120_000);

  test('leaves no handle behind', async () => {
    const round = async () => {
      for (let i = 0; i < 20; i++) {
        const request = lab.world.request('echo x');
        await lab.driver.run(request);
        await lab.driver.call('release', request.treeId);
      }
      // A closed pipe is freed once its queue of writes has been worked off.
      return waitFor('a steady number of handles', () => lab.driver.call('handleCount'));
    };
    await round();
    const before = await round();
    const after = await round();
    expect(after - before).toBeLessThan(5);
  }, 60_000);
});
