/** Programs and command lines, as Windows itself sees them. */
import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { mkdirSync, writeFileSync } from 'node:fs';
import { win32 } from 'node:path';
import { inLab } from './in-lab.ts';

inLab('on Windows', (lab) => {
  test('a command line comes apart as Windows splits it', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', ' ', '\t', '"', '\\', 'ü', "'", '-'), maxLength: 14 });
    const given = ['a "b\\\\" c', '"C:\\a b\\c.exe" --x "y""z" w', ...fc.sample(text, 2000)];
    // Windows makes its own path of nothing; what is between two white spaces at the front is a program without a name.
    const lines = given.filter((line) => line.trim() !== '').map((line) => line.trimStart());
    const split = await lab.driver.call('splitCommandLines', lines);
    const understood = split.filter(({ ours }) => !('reason' in ours));
    expect(understood.length).toBeGreaterThan(500);
    for (const { line, ours, windows } of understood) expect({ line, words: ours }).toEqual({ line, words: windows });
  });

  test('a program is found by the endings of PATHEXT, and never first in the folder where one is', async () => {
    const place = (name: string): string => {
      const path = win32.join(lab.world.folder.native, name);
      mkdirSync(lab.world.host(win32.dirname(path)), { recursive: true });
      writeFileSync(lab.world.host(path), '');
      return path;
    };
    const shim = place('npm\\agent.cmd');
    place('npm\\agent');
    const program = place('bin\\agent.exe');
    const trap = place('work\\agent.exe');
    const only = place('work\\only.cmd');
    const [npm, bin, work] = [shim, program, trap].map((path) => win32.dirname(path));
    const find = (name: string, Path: string, PATHEXT = '.COM;.EXE;.BAT;.CMD;.VBS') =>
      lab.driver.call('lookUpProgram', name, { Path, PATHEXT }, work ?? '');
    expect(await find('agent', `${npm};${bin}`)).toBe(shim);
    expect(await find('agent', `${bin};${npm}`)).toBe(program);
    expect(await find('agent', `${bin};${npm}`, '.CMD')).toBe(shim);
    expect(await find('AGENT.exe', `${npm};${bin}`)).toBe(win32.join(bin ?? '', 'AGENT.exe'));
    expect(await find('only', `.;${bin}`)).toMatchObject({ reason: 'program-missing', folders: [bin] });
    expect(await find('.\\only', bin ?? '')).toBe(only);
    expect(await find('cmd', 'C:\\windows\\system32')).toBe('C:\\windows\\system32\\cmd.exe');
  });
});
