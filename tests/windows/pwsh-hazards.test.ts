/** What is PowerShell's alone on Windows: what a command finds of the one before, a cancel, a folder, text. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdirSync } from 'node:fs';
import { Rig, type JobView } from '../support/rig.ts';
import { openExecutable } from './executable.ts';
import { openPowerShell } from './powershell.ts';

const WHO = 'hazards of pwsh.exe';
const door = await openExecutable(WHO);
const powershell = door === undefined ? undefined : await openPowerShell(WHO);

describe.skipIf(powershell === undefined)('hazards, pwsh.exe', () => {
  let rig: Rig;
  beforeAll(async () => {
    if (door !== undefined && powershell !== undefined) rig = await Rig.start(door, { env: powershell.env });
  });
  afterAll(async () => rig[Symbol.asyncDispose]());

  const submit = (sessionKey: string, command: string, more: object = {}): Promise<string> =>
    rig.exec(command, { mode: 'persistent_shell', sessionKey, shell: 'pwsh', ...more });
  const run = async (sessionKey: string, command: string, more: object = {}): Promise<JobView> =>
    rig.finished(await submit(sessionKey, command, more));

  test('a command finds $LASTEXITCODE and $? of the one before, and succeeds', async () => {
    expect((await run('codes', 'cmd /c exit 7')).exitCode).toBe(7);
    expect(await run('codes', '"$? $LASTEXITCODE"')).toMatchObject({ stdout: 'False 7\n', exitCode: 0 });
    expect(await run('codes', '$LASTEXITCODE')).toMatchObject({ stdout: '7\n', exitCode: 0 });
    expect((await run('codes', 'Get-Item C:\\does\\not\\exist')).exitCode).toBe(1);
    expect((await run('codes', '$?')).stdout).toBe('False\n');
    expect((await run('codes', '$?')).stdout).toBe('True\n');
  });

  test.each([
    ['a cancel', 'cancel'],
    ['a timeout', 'timeout'],
  ])(
    '%s costs the shell its process: seed and bootstrap come back, nothing else, and nothing goes on',
    async (_what, how) => {
      const marker = rig.marker();
      const seed = { env: { SEED: 'sown' }, bootstrapCommand: "$boot = 'up'" };
      await run(how, "$kept = 'yes'; Set-Location C:\\", seed);
      const command = `'begun'; $null = Start-Process -NoNewWindow ping -ArgumentList '-n', '${marker}', '127.0.0.1'; ping -n ${marker} 127.0.0.1 >$null; New-Item after`;
      const id = await submit(how, command, how === 'timeout' ? { timeout: 4 } : {});
      await rig.printed(id, 'begun');
      await rig.waitFor('both programs', () => rig.marked(marker).length >= 2);
      if (how === 'cancel') await rig.post(`/jobs/${id}/cancel`, {});
      expect(await rig.finished(id)).toMatchObject({ exitCode: -1, status: how === 'cancel' ? 'failed' : 'timeout' });
      await rig.waitFor('all to be gone', () => rig.marked(marker).length === 0);
      const after = await run(how, '"[$kept] $boot $env:SEED $PWD"; Test-Path C:\\after');
      expect(after.stdout).toBe(`[] up sown ${rig.door.nativePath(rig.place.cwd)}\nFalse\n`);
    },
  );

  test('folders with what is special to it, and longer than a start could have', async () => {
    for (const name of ["a [b] $c `d 'e' (f) {g}", `${'long'.repeat(50)}/${'path'.repeat(30)}`]) {
      mkdirSync(rig.path(name), { recursive: true });
      const workdir = rig.door.nativePath(rig.path(name));
      expect(await run(`in ${name}`, '$PWD.Path', { workdir })).toMatchObject({ stdout: `${workdir}\n`, exitCode: 0 });
    }
  });

  test('text of any script comes back as it went in, on both streams', async () => {
    const text = 'größe-Ωμέγα-漢字-👩‍🚀';
    const job = await run('text', `'${text}'; [Console]::Error.WriteLine('${text}')`, { env: { WORD: text } });
    expect(job).toMatchObject({ stdout: `${text}\n`, stderr: `${text}\n` });
    expect((await run('text', '$env:WORD')).stdout).toBe(`${text}\n`);
  });
});
