/** Which of the executables that are made for all systems this one can run. */
import { existsSync } from 'node:fs';

/** What loads a program there. Linux has two kinds, and most machines only one of them. */
const LOADERS: Readonly<Record<string, string>> = {
  'linux-x64': '/lib64/ld-linux-x86-64.so.2',
  'linux-arm64': '/lib/ld-linux-aarch64.so.1',
  'linux-x64-musl': '/lib/ld-musl-x86_64.so.1',
  'linux-arm64-musl': '/lib/ld-musl-aarch64.so.1',
};

/** For a target such as `linux-x64`. */
export function runsHere(target: string): boolean {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  if (target.replace(/-musl$/, '') !== `${system}-${process.arch}`) return false;
  const loader = LOADERS[target];
  return loader === undefined || existsSync(loader);
}
