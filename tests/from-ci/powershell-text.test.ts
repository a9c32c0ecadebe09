/** The text of agent-run.ps1 in docs/from-ci.md: Windows PowerShell 5.1, which no test here has, must be able to read it. */
import { describe, expect, test } from 'bun:test';
import { codeOf, LATER_THAN_5_1 } from '../install/powershell-5.ts';
import { snippetsOf } from './snippets.ts';

const text = snippetsOf('docs/from-ci.md').get('ci/agent-run.ps1') ?? '';
const code = codeOf(text);

describe('the text of agent-run.ps1', () => {
  test('is ASCII, which is read the same in every code page', () => {
    expect(text).toMatch(/^[\n\x20-\x7e]+$/);
  });

  test.each(LATER_THAN_5_1)('has none of what came after 5.1: %s', (_, pattern) => {
    expect(code).not.toMatch(pattern);
  });

  test('loads the assembly that 5.1 does not load by itself before it names a type of it', () => {
    const [loaded, used] = [
      code.indexOf('Add-Type -AssemblyName System.Net.Http'),
      code.indexOf('Net.Http.HttpClient'),
    ];
    expect(loaded).toBeGreaterThan(0);
    expect(used).toBeGreaterThan(loaded);
  });

  test.each([
    ['requests of cmdlets, which differ between 5.1 and 7', /\b(Invoke-RestMethod|Invoke-WebRequest|irm|iwr)\b/],
    ['Write-Host and its like, which go through the code page of the console', /\bWrite-(Host|Output|Error)\b/],
  ])('has no %s', (_, pattern) => {
    expect(code).not.toMatch(pattern);
  });
});
