/** The scripted agent (tests/fixtures/scripted-agent.ts) as a Windows program. */
import { join } from 'node:path';
import { buildExecutable } from '../../src/release/build/build-executable.ts';
import type { WindowsLab } from '../support/wine.ts';

const ENTRY = join(import.meta.dir, '../fixtures/scripted-agent.ts');
const PROGRAM = join(import.meta.dir, '../../dist/test/agent-server-scripted-agent.exe');

let installed: Promise<string> | undefined;

/** Built and put into the lab once per test run; its path there. */
export function installScriptedAgent(lab: WindowsLab): Promise<string> {
  return (installed ??= (async () => {
    const target = process.arch === 'arm64' ? 'windows-arm64' : 'windows-x64';
    await buildExecutable({ target, entry: ENTRY, outfile: PROGRAM });
    return lab.install(PROGRAM);
  })());
}
