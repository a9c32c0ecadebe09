/** `execute` in PowerShell whose profile, modules and user define the functions anew that our marks hang on. */
import { describe, expect, test } from 'bun:test';
import { done, PWSH, Shell } from './shell.ts';

const PROFILE = '.config/powershell/Microsoft.PowerShell_profile.ps1';
/** In place of PSReadLine, which not every PowerShell has. */
const LINE_EDITOR = 'function Global:PSConsoleHostReadLine { $Host.UI.ReadLine() }\n';

type Left = 'exact' | 'prompt';
const CHANGES: readonly {
  readonly what: string;
  readonly script: string;
  readonly left?: Left;
  readonly redefines?: true;
}[] = [
  { what: 'defines the prompt', script: 'function Global:prompt { "$?> " }', redefines: true },
  {
    what: 'makes its prompt like starship',
    script:
      'function Global:prompt { $code = $Global:LASTEXITCODE; $null = sh -c "exit 9"; $Global:LASTEXITCODE = $code; "[$code] > " }',
    redefines: true,
  },
  { what: 'defines the line editor', script: LINE_EDITOR },
  { what: 'takes away the line editor', script: 'Remove-Item Function:PSConsoleHostReadLine -ErrorAction Ignore' },
  { what: 'takes strict mode', script: 'Set-StrictMode -Version Latest; $ErrorActionPreference = "Stop"' },
  {
    what: 'locks the prompt',
    script: 'Set-Item Function:Global:prompt { "locked> " } -Options ReadOnly -ErrorAction Ignore',
    left: 'prompt',
  },
];

async function holds(sh: Shell, left: Left): Promise<void> {
  for (const exitCode of [5, 0, 7]) {
    const answer = await sh.execute(`sh -c 'echo out; exit ${exitCode}'`);
    expect(answer).toMatchObject(left === 'exact' ? done('out\n', exitCode) : { output: 'out\n', status: 'done' });
  }
}

describe.skipIf(PWSH === undefined)('pwsh', () => {
  for (const editor of ['', LINE_EDITOR]) {
    const name = editor === '' ? 'without a line editor' : 'with one';
    test.each(CHANGES)(
      `${name} that $what, in its profile and again`,
      async ({ script, left, redefines }) => {
        const files = { [PROFILE]: `${editor}${script}\n`, 'again.ps1': `${script}\n` };
        await using sh = await Shell.open({ shell: PWSH }, files);
        await holds(sh, left ?? 'exact');
        for (let round = 0; round < 2; round += 1) {
          expect(await sh.execute('. ~/again.ps1')).toMatchObject({ status: 'done', output: '' });
          // Nothing of ours runs any more where both are gone.
          await holds(sh, redefines && editor === '' ? 'prompt' : (left ?? 'exact'));
        }
      },
      90_000,
    );
  }

  test('whose prompt is wrapped again and again', async () => {
    const script =
      '$before = $function:prompt; Set-Item Function:Global:prompt { "w " + (& $before) }.GetNewClosure(); $x = 1\n';
    await using sh = await Shell.open({ shell: PWSH }, { [PROFILE]: LINE_EDITOR + script, 'again.ps1': script });
    for (let round = 0; round < 3; round += 1) {
      await holds(sh, 'exact');
      expect(await sh.execute('. ~/again.ps1')).toMatchObject({ status: 'done' });
    }
  }, 90_000);
});
