/** The contract suite through the Windows executable. Resize and Ctrl-C have no part in it: Wine has neither. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { contractSuite } from '../contract/suite.ts';
import { LAB_ROOT, labMissing, openLab } from '../support/wine.ts';
import { windowsExecutable } from './door.ts';

const exe = resolve(import.meta.dir, '../../dist/agent-server-windows-x64.exe');
const missing = labMissing() ?? ((await Bun.file(exe).exists()) ? undefined : `${exe} is not there: npm run build`);

if (missing !== undefined) {
  console.log(`the contract through the Windows executable: skipped, ${missing}`);
} else {
  const program = await (await openLab()).install(exe);
  const folder = join(LAB_ROOT, 'tmp');
  mkdirSync(folder, { recursive: true });
  // Where the rigs make their worlds: both sides must see them.
  process.env['TMPDIR'] = folder;
  contractSuite(windowsExecutable(program));
}
