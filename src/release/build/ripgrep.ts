/** The ripgrep of a target, which the executable carries (src/platform/programs/ripgrep.ts finds it there). */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import lock from '../../../package-lock.json' with { type: 'json' };
import { npmPackage } from './npm-package.ts';
import type { Target } from './targets.ts';

/** Those for Linux need no C library of the system, so one does for both kinds. */
const PACKAGES = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'linux-x64-musl': 'linux-x64',
  'linux-arm64-musl': 'linux-arm64',
  'darwin-x64': 'darwin-x64',
  'darwin-arm64': 'darwin-arm64',
  'windows-x64': 'win32-x64',
  'windows-arm64': 'win32-arm64',
} as const satisfies Record<Target, string>;

/** Copies it and its licence into the folder, under the names by which the executable knows them; their paths there. */
export async function ripgrepFor(
  target: Target,
  folder: string,
  progress: (line: string) => void,
): Promise<readonly string[]> {
  const name = `@vscode/ripgrep-${PACKAGES[target]}` as const;
  const found = await npmPackage(name, lock.packages[`node_modules/${name}`], `ripgrep-${PACKAGES[target]}`, progress);
  const program = join(folder, 'ripgrep.program.packed');
  const licence = join(folder, 'ripgrep.licence.packed');
  copyFileSync(join(found, 'bin', target.startsWith('windows') ? 'rg.exe' : 'rg'), program);
  copyFileSync(join(found, 'LICENSE'), licence);
  return [program, licence];
}
