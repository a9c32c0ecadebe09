/** With which level a command in cmd begins; tests/windows tries it on a cmd.exe. */
import { expect, test } from 'bun:test';
import { beginningOf } from '../../src/shells/windows/level.ts';

test.each(['echo x', 'set ERRORLEVEL=5', 'echo errorlevel', 'rem if an errorlevel', 'echo %ERRORLEVELS%'])(
  '%s asks for none: 0, and as it stands',
  (text) => expect(beginningOf(text, 7)).toEqual({ level: 0, text }),
);

test.each([
  ['echo %ERRORLEVEL%', 'ver >nul& echo %ERRORLEVEL%'],
  ['\n  @echo %errorlevel:~0,1%\r\necho next', 'ver >nul& echo %errorlevel:~0,1%\r\necho next'],
])('%j asks in its first line, which is run with 0', (text, run) =>
  expect(beginningOf(text, 7)).toEqual({ level: 7, text: run }),
);

test.each([
  'if errorlevel 1 echo x',
  'IF  NOT ErrorLevel 1 echo x',
  ':a\necho %ERRORLEVEL%',
  'echo x\necho %ERRORLEVEL%',
])('%j begins with that of the one before', (text) => expect(beginningOf(text, 7)).toEqual({ level: 7, text }));
