/** Ways out of a folder by names and links of Windows, one a row, on a file system that is a list of links. */
import { expect, test } from 'bun:test';
import { confinePath } from '../../../src/platform/files/confined-path.ts';
import { windowsNames } from '../../../src/platform/files/windows.ts';

/** Path → where it leads, or undefined for a file or folder; what is not here does not exist. */
const WORLD: Readonly<Record<string, string | undefined>> = {
  'c:\\work': undefined,
  'c:\\work\\deep': undefined,
  'c:\\work\\to-deep': 'deep',
  'c:\\work\\to-secret': 'C:\\secret',
  'c:\\work\\to-root': '\\secret',
  'c:\\work\\to-drive': 'D:\\secret',
  'c:\\work\\to-share': '\\\\evil\\share',
  'c:\\work\\to-namespace': '\\\\?\\C:\\secret',
  'c:\\work\\to-stream': 'deep:stream',
  'c:\\secret': undefined,
  'c:\\stra\u00dfe': undefined,
  'c:\\s\u017f': undefined,
};

function confine(path: string, root = 'C:\\Work') {
  const looked: string[] = [];
  const answer = confinePath(
    windowsNames,
    (at) => {
      looked.push(at);
      const key = at.toLowerCase();
      if (!(key in WORLD)) throw Object.assign(new Error('not there'), { code: 'ENOENT' });
      return WORLD[key];
    },
    root,
    path,
  );
  return { answer, looked };
}

test.each([
  ['new.txt', 'C:\\Work\\new.txt'],
  ['C:\\Work\\deep\\a.txt', 'C:\\Work\\deep\\a.txt'],
  ['c:/WORK/deep/a.txt', 'c:\\WORK\\deep\\a.txt'],
  ['\\work\\deep', 'C:\\work\\deep'],
  ['/work/deep', 'C:\\work\\deep'],
  ['to-deep\\a.txt', 'C:\\Work\\deep\\a.txt'],
  ['deep/..\\new\\..\\a.txt', 'C:\\Work\\a.txt'],
  ['~', 'C:\\Work\\~'],
  ['console\\nulls\\com10', 'C:\\Work\\console\\nulls\\com10'],
])('%p is inside', (path, expected) => {
  expect(confine(path).answer).toEqual({ inside: true, path: expected });
});

const OUT = 'is outside of the working directory';
const MISREAD = 'is a name that Windows reads otherwise than it shows';
const DRIVE = 'depends on the current folder of a drive';
test.each([
  ['another folder', 'C:\\secret\\key', OUT],
  ['another drive', 'D:\\work\\a.txt', OUT],
  ['a name that begins alike', 'C:\\Work-other', OUT],
  ['up', '..\\secret', OUT],
  ['up with the other slash', 'deep/../../secret', OUT],
  ['the root of the drive', '\\', OUT],
  ['a letter that is the same only in lower case (the Kelvin sign)', 'C:\\Wor\u212a', OUT],
  ['a link', 'to-secret\\key', OUT],
  ['a link from the root of the drive', 'to-root\\key', OUT],
  ['a link to another drive', 'to-drive\\key', OUT],
  ['a link to a share', 'to-share\\key', `leads over a link whose target ${MISREAD}`],
  ['a link into a namespace', 'to-namespace', `leads over a link whose target ${MISREAD}`],
  ['a link to a stream', 'to-stream', `leads over a link whose target ${MISREAD}`],
  ['a drive without a root', 'C:secret', DRIVE],
  ['a drive alone', 'c:', DRIVE],
  ['another drive without a root', 'D:', DRIVE],
  ['a stream', 'a.txt:stream', MISREAD],
  ['the main stream', 'C:\\Work\\a.txt::$DATA', MISREAD],
  ['the stream of a folder', 'deep:$I30:$INDEX_ALLOCATION\\a', MISREAD],
  ['a device', 'NUL', MISREAD],
  ['a device below a folder', 'C:\\Work\\deep\\con', MISREAD],
  ['a device with an extension', 'com1.txt', MISREAD],
  ['a device with a superscript', 'LPT².log', MISREAD],
  ['a device with a space', 'aux .txt', MISREAD],
  ['a dot at the end', 'a.txt.', MISREAD],
  ['a space at the end', 'deep \\a.txt', MISREAD],
  ['dots that are no way up', '...\\a', MISREAD],
  ['dots and a space', '.. \\secret', MISREAD],
  ['a share', '\\\\evil\\share\\a', MISREAD],
  ['a share with other slashes', '//evil/share', MISREAD],
  ['a share with mixed slashes', '\\/evil/share', MISREAD],
  ['a verbatim path', '\\\\?\\C:\\Work\\a.txt', MISREAD],
  ['a device path', '\\\\.\\C:\\Work\\a.txt', MISREAD],
  ['an NT path', '\\??\\C:\\Work\\a.txt', MISREAD],
  ['a file URL', 'file:///C:/Work/a.txt', 'is a URL, not a path'],
  ['a NUL', 'a\0.txt', 'has a NUL in it'],
])('%s is a way out: %p', (_what, path, reason) => {
  expect(confine(path).answer).toEqual({ inside: false, reason });
});

test.each(['\\\\evil\\share', '//evil/share/a', 'NUL', '\\\\.\\pipe\\x', 'C:secret', 'a:b'])(
  'nothing is looked at for %p but the folder',
  (path) => {
    expect(confine(path).looked).toEqual(['C:\\Work']);
  },
);

test('a link to a share is read and not followed', () => {
  expect(confine('to-share\\key').looked.filter((path) => /evil|key/.test(path))).toEqual([]);
});

test.each([
  ['C:\\stra\u00dfe', 'C:\\strasse\\a'],
  ['C:\\s\u017f', 'C:\\ss\\a'],
])('%p is not the folder of %p', (root, path) => {
  expect(confine(path, root).answer.inside).toBe(false);
});

test('a share is no folder to be in', () => {
  const { answer, looked } = confine('a.txt', '\\\\server\\share');
  expect(answer.inside).toBe(false);
  expect(looked).toEqual([]);
});
