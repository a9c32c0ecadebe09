/** Bun itself for a target, as npm has it. */
import { join } from 'node:path';
import lock from '../../../package-lock.json' with { type: 'json' };
import { ReleaseError } from '../release-error.ts';
import { npmPackage } from './npm-package.ts';
import { BUN_TARGETS, type Target } from './targets.ts';

/** Path of the program, in exactly the version that builds: bytecode fits no other. */
export async function baseExecutable(target: Target, progress: (line: string) => void): Promise<string> {
  const name = `@oven/bun-${BUN_TARGETS[target]}` as const;
  const locked = lock.packages[`node_modules/${name}`];
  if (locked.version !== Bun.version) {
    throw new ReleaseError(
      `package-lock.json has Bun ${locked.version}, this is Bun ${Bun.version}: run npm ci, then npm run build`,
    );
  }
  const folder = await npmPackage(name, locked, BUN_TARGETS[target], progress);
  return join(folder, 'bin', target.startsWith('windows') ? 'bun.exe' : 'bun');
}
