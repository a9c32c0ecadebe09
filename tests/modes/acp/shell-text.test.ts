/** Commands of terminals as text of a persistent shell. What POSIX shells and PowerShell make of it is tried in shared-engine.test.ts. */
import { expect, test } from 'bun:test';
import { shellText } from '../../../src/modes/acp/shell-text.ts';
import type { ShellName } from '../../../src/shells/shell-process.ts';

const PLAIN = { command: 'tool', args: [], cwd: '/work', cwdGiven: false, env: {} };

function text(shell: ShellName, request: Partial<Parameters<typeof shellText>[1]>): string {
  const made = shellText(shell, { ...PLAIN, ...request });
  return made.ok ? made.value : made.failure.detail;
}

test('one string is the command as it is', () => {
  for (const shell of ['sh', 'bash', 'zsh', 'pwsh', 'powershell', 'cmd'] as const)
    expect(text(shell, { command: 'a "b" | c %d% && $e' })).toBe('a "b" | c %d% && $e\n');
});

test('for cmd, folder and variables are lines of their own, and what fails ends the batch file', () => {
  expect(text('cmd', { cwd: 'C:\\100% mine', cwdGiven: true, env: { A: 'x & y' } })).toBe(
    '@set "A=x & y"\n@cd /d "C:\\100%% mine" || exit /b 1\ntool\n',
  );
});

test('for cmd, arguments are in quotes, where only the percent sign means something', () => {
  expect(text('cmd', { args: ['a&b', 'c|d^e>f', '%PATH%', '', 'C:\\dir\\', '!x!'] })).toBe(
    '"tool" "a&b" "c|d^e>f" "%%PATH%%" "" "C:\\dir\\\\" "!x!"\n',
  );
});

test.each(['"&calc', 'a\nb', 'a\rb', '\u0000'])('cmd gets no argument with %p in it', (argument) => {
  expect(text('cmd', { args: [argument] })).toBe('cmd cannot pass on one of the arguments as it is');
  expect(text('cmd', { command: argument, args: ['x'] })).toBe('cmd cannot pass on one of the arguments as it is');
});

test('Windows PowerShell gets no argument that it would pass on as another', () => {
  for (const argument of ['a"b', ''])
    expect(text('powershell', { args: [argument] })).toBe('powershell cannot pass on one of the arguments as it is');
  expect(text('powershell', { args: ['a b', "it's"] })).toBe("& 'tool' 'a b' 'it''s'\n");
});

test('a variable that a shell cannot set is a sentence', () => {
  for (const shell of ['sh', 'bash', 'zsh', 'pwsh', 'cmd'] as const)
    expect(text(shell, { env: { 'A(B)': 'x' } })).toBe(`${shell} cannot set the variable A(B)`);
  expect(text('cmd', { env: { A: 'say "x"' } })).toBe('cmd cannot set the variable A');
});
