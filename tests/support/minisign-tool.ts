/** Debian's minisign, the program that others check our releases with, and may sign them with. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const path = Bun.which('minisign');
if (path === null)
  console.log('stories with the program minisign: skipped, it is not there (apt-get install minisign)');

/** Whether it is on this machine; where it is not, that was printed. */
export const hasMinisign = path !== null;

export interface KeyFiles {
  readonly publicKey: string;
  readonly secretKey: string;
}

export function run(...args: readonly string[]): { readonly code: number; readonly said: string } {
  if (path === null) throw new Error('minisign is not there');
  const { exitCode, stdout, stderr } = Bun.spawnSync([path, ...args], { stdin: 'ignore' });
  return { code: exitCode, said: `${stdout.toString()}${stderr.toString()}` };
}

function succeed(...args: readonly string[]): void {
  const { code, said } = run(...args);
  if (code !== 0) throw new Error(`minisign ${args.join(' ')} ended with ${code}: ${said}`);
}

/** Makes a pair without a password. */
export function generate(folder: string): KeyFiles {
  const files = { publicKey: join(folder, 'minisign.pub'), secretKey: join(folder, 'minisign.key') };
  succeed('-G', '-W', '-p', files.publicKey, '-s', files.secretKey);
  return files;
}

/** The signature of a file, which it leaves beside it. `more` are further options. */
export function sign(file: string, secretKey: string, ...more: readonly string[]): string {
  succeed('-S', ...more, '-s', secretKey, '-x', `${file}.minisig`, '-m', file);
  return readFileSync(`${file}.minisig`, 'utf8');
}
