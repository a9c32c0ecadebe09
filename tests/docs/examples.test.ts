/** The examples of README.md and of docs/ about the machine, as they stand there, in each shell of this machine, against a real server. */
import { describe, expect, test } from 'bun:test';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PWSH, whyNoPowerShell } from '../install/powershell-world.ts';
import { SHELLS } from '../from-ci/script-hosts.ts';
import { liveServer } from '../support/doors.ts';
import { Rig } from '../support/rig.ts';
import { examplesOf, missingIn, type Examples } from './examples.ts';

if (whyNoPowerShell !== undefined) console.log(`the examples of README.md in PowerShell: skipped, ${whyNoPowerShell}`);

/** A reader at the machine of a server, whose key is where it always is. */
async function typed(
  rig: Rig,
  shell: readonly string[],
  name: string,
  { script, prints }: Examples,
): Promise<{ code: number; missing: string[]; err: string }> {
  const home = rig.path('reader');
  const temporary = join(home, 'temporary');
  for (const folder of [join(home, 'devpilot-agent'), temporary]) mkdirSync(folder, { recursive: true });
  writeFileSync(join(home, 'devpilot-agent', 'api_key'), rig.key);
  const path = join(home, name);
  writeFileSync(path, script);
  const reader = Bun.spawn([...shell, path], {
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: home,
      LOCALAPPDATA: home,
      TMPDIR: temporary,
      TERM: 'dumb',
      NO_COLOR: '1',
      POWERSHELL_TELEMETRY_OPTOUT: '1',
      POWERSHELL_UPDATECHECK: 'Off',
    },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const [out, err, code] = await Promise.all([
    new Response(reader.stdout).text(),
    new Response(reader.stderr).text(),
    reader.exited,
  ]);
  const missing = missingIn(out, prints);
  // What it printed instead is all that explains it.
  if (missing.length > 0) console.log(out);
  return { code, missing, err };
}

const PAGES = [
  ['README.md', 'Files'],
  ['README.md', 'Processes'],
  ['docs/files.md', undefined],
  ['docs/processes.md', undefined],
] as const;

describe.each(SHELLS.map((shell) => [shell.join(' '), shell] as const))('in %s', (_, shell) => {
  test.each(PAGES)('what %s shows (%s) prints what it says', async (document, heading) => {
    await using rig = await Rig.start(liveServer);
    const examples = examplesOf(document, 'sh', rig.url, heading);
    expect(examples.prints.length).toBeGreaterThan(3);
    const { code, missing } = await typed(rig, [...shell, '-e'], 'lines.sh', examples);
    expect({ code, missing }).toEqual({ code: 0, missing: [] });
  });
});

test.skipIf(whyNoPowerShell !== undefined)('what README.md shows in PowerShell prints what it says', async () => {
  await using rig = await Rig.start(liveServer);
  const examples = examplesOf('README.md', 'powershell', rig.url, 'Files');
  expect(examples.prints.length).toBeGreaterThan(3);
  const shell = [PWSH ?? 'pwsh', '-NoLogo', '-NoProfile', '-NonInteractive', '-File'];
  const script = `$ErrorActionPreference = 'Stop'\n${examples.script}`;
  expect(await typed(rig, shell, 'lines.ps1', { ...examples, script })).toEqual({ code: 0, missing: [], err: '' });
});

test('what is not printed, or in another order, is found', () => {
  expect(missingIn('a 1 b\nc\n', ['a … b', 'c'])).toEqual([]);
  expect(missingIn('c\na 1 b\n', ['a … b', 'c'])).toEqual(['c']);
  expect(missingIn('a 1 b more\n', ['a … b'])).toEqual(['a … b']);
});
