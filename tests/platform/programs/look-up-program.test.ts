/** Where a program is looked for, and where it is not. */
import { describe, expect, test } from 'bun:test';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { lookUpProgram } from '../../../src/platform/programs/posix/look-up-program.ts';
import { lookUpProgramAmong } from '../../../src/platform/programs/windows/look-up-program.ts';
import { Sandbox } from '../../support/sandbox.ts';

describe('POSIX', () => {
  /** Two folders with programs, and one to work in. */
  function place(box: Sandbox) {
    for (const folder of ['one', 'two', 'work', 'one/folder']) mkdirSync(box.file(folder), { recursive: true });
    const program = (path: string, mode = 0o755) => {
      writeFileSync(box.file(path), '#!/bin/sh\n');
      chmodSync(box.file(path), mode);
    };
    program('one/plain', 0o644);
    program('two/plain');
    program('two/agent');
    program('work/agent');
    program('work/here');
    symlinkSync(box.file('two/agent'), box.file('one/linked'));
    const path = `${box.file('one')}:${box.file('two')}`;
    return (name: string, PATH: string | undefined = path) => lookUpProgram(name, { PATH }, box.file('work'));
  }

  test('the first one on the PATH that can be run', () => {
    using box = new Sandbox();
    const find = place(box);
    expect(find('agent')).toEqual({ ok: true, value: box.file('two/agent') });
    expect(find('plain')).toEqual({ ok: true, value: box.file('two/plain') });
    // A program that looks at its own name must find the one it was called by.
    expect(find('linked')).toEqual({ ok: true, value: box.file('one/linked') });
  });

  test('from the working directory only what has a slash', () => {
    using box = new Sandbox();
    const find = place(box);
    expect(find('./here')).toEqual({ ok: true, value: box.file('work/here') });
    expect(find('../two/agent')).toEqual({ ok: true, value: box.file('two/agent') });
    expect(find(box.file('two/agent'))).toEqual({ ok: true, value: box.file('two/agent') });
    for (const path of ['', ':', '.', './:.', `work:${box.file('one')}`]) expect(find('here', path).ok).toBe(false);
  });

  test('a failure tells what was looked for, and where', () => {
    using box = new Sandbox();
    const find = place(box);
    const missing = (program: string, folders: string[]) => ({
      ok: false as const,
      failure: { reason: 'program-missing' as const, program, folders, extensions: [] },
    });
    expect(find('none')).toEqual(missing('none', [box.file('one'), box.file('two')]));
    expect(find('folder')).toEqual(missing('folder', [box.file('one'), box.file('two')]));
    expect(find('../one/plain')).toEqual(missing('../one/plain', [box.file('one')]));
    expect(find('none', `${box.file('two')}::${box.file('two')}`)).toEqual(missing('none', [box.file('two')]));
    expect(find('')).toEqual(missing('', [box.file('one'), box.file('two')]));
  });
});

describe('Windows', () => {
  const FILES = new Set(
    [
      'C:\\npm\\copilot',
      'C:\\npm\\copilot.cmd',
      'C:\\npm\\copilot.ps1',
      'C:\\bin\\copilot.exe',
      'C:\\bin\\two.exe',
      'C:\\bin\\two.bat',
      'C:\\bin\\old.com',
      'C:\\bin\\dotted.v2.exe',
      'C:\\a;b\\odd.exe',
      'C:\\work\\here.exe',
      'C:\\work\\image.bin',
      'C:\\work\\sub\\tool.cmd',
    ].map((path) => path.toLowerCase()),
  );
  const find = (program: string, env: Record<string, string> = {}) => {
    const found = lookUpProgramAmong(
      (path) => FILES.has(path.toLowerCase()),
      program,
      { Path: 'C:\\npm;C:\\bin', ...env },
      'C:\\work',
    );
    return found.ok ? found.value : found.failure;
  };

  test('a name has the ending that PATHEXT names, the folders of PATH going first', () => {
    expect(find('copilot')).toBe('C:\\npm\\copilot.cmd');
    expect(find('COPILOT')).toBe('C:\\npm\\COPILOT.cmd');
    expect(find('copilot', { PATH: 'C:\\bin;C:\\npm' })).toBe('C:\\bin\\copilot.exe');
    expect(find('two')).toBe('C:\\bin\\two.exe');
    expect(find('two', { PATHEXT: '.BAT;.EXE' })).toBe('C:\\bin\\two.bat');
    expect(find('two.bat')).toBe('C:\\bin\\two.bat');
    expect(find('old')).toBe('C:\\bin\\old.com');
    expect(find('dotted.v2')).toBe('C:\\bin\\dotted.v2.exe');
    expect(find('odd', { PATH: 'relative;;"C:\\a;b";C:\\bin' })).toBe('C:\\a;b\\odd.exe');
  });

  test('what PATHEXT leaves out is not found, nor what no process can be made of', () => {
    expect(find('two', { PATHEXT: '.CMD' })).toMatchObject({ reason: 'program-missing' });
    expect(find('copilot.ps1', { PATHEXT: '.PS1;.EXE' })).toMatchObject({ reason: 'program-missing' });
    expect(find('copilot', { PATHEXT: '.JS;.VBS' })).toBe('C:\\npm\\copilot.cmd');
  });

  test('from the working directory only what has a slash', () => {
    expect(find('here')).toMatchObject({ reason: 'program-missing', folders: ['C:\\npm', 'C:\\bin'] });
    expect(find('here', { PATH: '.;C:work;' })).toMatchObject({ reason: 'program-missing', folders: [] });
    expect(find('.\\here')).toBe('C:\\work\\here.exe');
    expect(find('./here.exe')).toBe('C:\\work\\here.exe');
    expect(find('sub/tool')).toBe('C:\\work\\sub\\tool.cmd');
    expect(find('C:\\npm\\copilot')).toBe('C:\\npm\\copilot.cmd');
    expect(find('.\\image.bin')).toBe('C:\\work\\image.bin');
  });

  test('a failure tells what was looked for, and where', () => {
    expect(find('none')).toEqual({
      reason: 'program-missing',
      program: 'none',
      folders: ['C:\\npm', 'C:\\bin'],
      extensions: ['.COM', '.EXE', '.BAT', '.CMD'],
    });
    expect(find('sub\\none', { PATHEXT: '.exe' })).toEqual({
      reason: 'program-missing',
      program: 'sub\\none',
      folders: ['C:\\work\\sub'],
      extensions: ['.EXE'],
    });
  });
});
