/** The text of install.ps1: what Windows PowerShell 5.1 could not read must not be in it, and it must leave the caller's session alone. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { codeOf, LATER_THAN_5_1 } from './powershell-5.ts';
import { PowerShellWorld, whyNoPowerShell } from './powershell-world.ts';
import { scriptPath, scriptText, withBlock } from './release.ts';

setDefaultTimeout(60_000);

const text = scriptText('install.ps1');

const code = codeOf(text);

describe('the text of install.ps1', () => {
  test('is ASCII, which is read the same in every code page', () => {
    expect(text).toMatch(/^[\n\x20-\x7e]*$/);
  });

  test.each(LATER_THAN_5_1)('has none of what came after 5.1: %s', (_, pattern) => {
    expect(code).not.toMatch(pattern);
  });

  test.each([
    ['exit, which would close the window of whoever used iex', /\bexit\b/],
    ['variables outside of its own scope', /\$(script|global):/i],
    ['parameters outside of its own scope', /^param\b/m],
    ['$null for a string of .NET, where it arrives as an empty one', /SetEnvironmentVariable\([^)]*\$null/],
  ])('does not have %s', (_, pattern) => {
    expect(code).not.toMatch(pattern);
  });

  test('is strict, stops at errors, and is one block from its first line to its last', () => {
    expect(code).toContain('Set-StrictMode -Version 3.0');
    expect(code).toContain("$ErrorActionPreference = ''");
    expect(text).toContain("$ErrorActionPreference = 'Stop'");
    const statements = code.split('\n').filter((line) => /^\S/.test(line));
    expect([statements[0], statements.at(-1)]).toEqual(['if ($true) { & {', '} @args }']);
    // In between at that depth only the block that a release fills in.
    expect(statements.slice(1, -1)).toEqual(["$ReleaseUrl = ''", "$ReleaseVersion = ''", "$ReleaseSums = ''"]);
  });

  test('has the blocks that a release and the tests fill in', () => {
    for (const name of ['release', 'windows'])
      expect(withBlock(text, name, 'X')).toContain(`# <${name}>\nX\n# </${name}>`);
  });
});

if (whyNoPowerShell !== undefined) console.log(`install.ps1 read by PowerShell: skipped, ${whyNoPowerShell}`);

test.skipIf(whyNoPowerShell !== undefined)(
  'PowerShell reads install.ps1 without an error, and none of it that was cut off',
  async () => {
    using world = new PowerShellWorld();
    const run = await world.session(
      scriptPath('install.ps1'),
      'function Count-Errors([string] $Text) { $errors = $null; $null = [Management.Automation.Language.Parser]::ParseInput($Text, [ref] $null, [ref] $errors); $errors.Count }',
      '$text = Script',
      '"errors: $(Count-Errors $text)"',
      // All of the first line to the brace, and then everywhere.
      '$begin = $text.IndexOf("{ & {") + 1',
      '$ends = @(for ($end = $begin; $end -lt $text.Length; $end += 397) { $end }) + @(1..40 | ForEach-Object { $text.LastIndexOf("}") - $_ })',
      '$whole = @($ends | Where-Object { (Count-Errors $text.Substring(0, $_)) -eq 0 })',
      '"cut off at $($ends.Count) places, accepted at: $($whole -join " ")"',
    );
    expect(run.err).toBe('');
    expect(run.out).toMatch(/^errors: 0\ncut off at \d{2,} places, accepted at: \n$/);
  },
);
