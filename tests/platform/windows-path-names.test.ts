/** Names that Windows reads otherwise than they show. */
import { expect, test } from 'bun:test';
import { windowsFiles } from '../../src/platform/files/windows.ts';
import { windowsPrograms } from '../../src/platform/programs/windows/programs.ts';

test.each([
  ['\\\\evil\\share'],
  ['//evil/share'],
  ['\\/evil/share'],
  ['\\\\?\\C:\\Windows'],
  ['\\\\.\\pipe\\x'],
  ['\\??\\C:\\Windows'],
  ['C:\\work\\NUL'],
  ['con'],
  ['C:/work/com1.txt'],
  ['aux .txt'],
  ['lpt²'],
  ['C:\\work\\file.txt:stream'],
  ['work:$DATA'],
  ['C:\\work. '],
  ['C:\\work.\\below'],
  ['pwsh.exe '],
])('%s is refused before it is looked at', (path) => {
  expect(windowsFiles.isRefusedPath(path)).toBe(true);
});

test.each([
  [''],
  ['.'],
  ['..\\work'],
  ['C:'],
  ['C:\\'],
  ['c:/Program Files/PowerShell/7/pwsh.exe'],
  ['\\Windows'],
  ['console'],
  ['C:\\nulls\\com10\\.git'],
  ['pwsh'],
])('%s is a name like others', (path) => {
  expect(windowsFiles.isRefusedPath(path)).toBe(false);
});

test('a batch file is known whatever its name is followed by', () => {
  expect(['a.bat', 'C:\\x\\A.CMD', 'a.cmd.', 'a.bat . .'].filter(windowsPrograms.misreadsArguments)).toHaveLength(4);
  expect(['a.exe', 'cmd.exe', 'bat', 'a.bat\\b.exe'].filter(windowsPrograms.misreadsArguments)).toEqual([]);
});
