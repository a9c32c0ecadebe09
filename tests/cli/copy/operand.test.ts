/** What the words of `cp` name, and where a copy goes. */
import { expect, test } from 'bun:test';
import { posix, win32 } from 'node:path';
import { readOperand } from '../../../src/cli/files/operand.ts';
import { inFolder, lastName, namesFolder } from '../../../src/cli/copy/target-path.ts';
import { runInProcess } from '../in-process.ts';

const onPosix = (word: string) => readOperand(word, (path) => posix.parse(path).root);
const onWindows = (word: string) => readOperand(word, (path) => win32.parse(path).root);

test('a name before the first colon is a profile, none the server in use, and what has a slash before it is here', () => {
  for (const read of [onPosix, onWindows]) {
    expect(read('box:/srv/a')).toEqual({ at: 'server', profile: 'box', path: '/srv/a' });
    expect(read('my-box.1:C:\\x')).toEqual({ at: 'server', profile: 'my-box.1', path: 'C:\\x' });
    expect(read(':/srv/a b:c\n')).toEqual({ at: 'server', profile: undefined, path: '/srv/a b:c\n' });
    expect(read(':')).toEqual({ at: 'server', profile: undefined, path: '' });
    for (const path of ['a', './a:b', '/a:b', '../a:b', '', 'a b:c', 'größe:c'])
      expect(read(path)).toEqual({ at: 'here', path });
  }
});

test('a drive is here where there are drives, and the profile of one letter elsewhere', () => {
  for (const path of ['C:\\x', 'c:/x', 'C:x', 'C:']) expect(onWindows(path)).toEqual({ at: 'here', path });
  expect(onWindows('\\\\box\\share')).toEqual({ at: 'here', path: '\\\\box\\share' });
  expect(onPosix('C:/x')).toEqual({ at: 'server', profile: 'C', path: '/x' });
});

test('the last name of a path on a server, whatever system that has', () => {
  const last = (path: string) => lastName({ at: 'server' }, path);
  expect(['/srv/a', '/srv/a/', '/srv/a\\b', 'C:\\x\\y', 'C:/x/y/', '/srv/.', '/', 'C:\\'].map(last)).toEqual([
    'a',
    'a',
    'a\\b',
    'y',
    'y',
    '.',
    '',
    '',
  ]);
  const into = (folder: string, name: string) => inFolder({ at: 'server' }, folder, name);
  expect(into('/srv', 'a')).toBe('/srv/a');
  expect(into('/srv/', 'a')).toBe('/srv/a');
  expect(into('/', 'a')).toBe('/a');
  expect(into('/srv', '.')).toBe('/srv');
  expect(into('C:\\x', 'a')).toBe('C:\\x\\a');
  expect(into('C:\\', 'a')).toBe('C:\\a');
  expect(into('C:/x', 'a')).toBe('C:/x/a');
  expect(namesFolder({ at: 'server' }, 'C:\\x\\')).toBe(true);
  expect(namesFolder({ at: 'server' }, '/srv/a\\')).toBe(false);
});

test('what is wrong with the command line is said before any server is asked', async () => {
  for (const [words, sentence] of [
    [[], 'give SRC and DST'],
    [['a'], 'give SRC and DST'],
    [['a', 'b'], 'no path is on a server: write it as NAME:PATH'],
    [[':/a', 'b', 'c'], 'SRC and DST are both on this machine'],
    [['a', 'box:'], '"box:" has no path'],
  ] as const) {
    const { code, stderr } = await runInProcess('cp', ...words);
    expect(stderr).toContain(sentence);
    expect(code).toBe(2);
  }
});
