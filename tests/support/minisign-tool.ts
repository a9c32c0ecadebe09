/** Debian's minisign, the program that others check our releases with, and may sign them with. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const path = Bun.which('minisign');
if (path === null)
  console.log('stories with the program minisign: skipped, it is not there (apt-get install minisign)');

/** Whether it is on this machine; the reason was printed where it is not. */
export const hasMinisign = path !== null;

function run(args: readonly string[]): { readonly code: number; readonly said: string } {
  if (path === null) throw new Error('minisign is not there');
  const { exitCode, stdout, stderr } = Bun.spawnSync([path, ...args], { stdin: 'ignore' });
  return { code: exitCode, said: `${stdout.toString()}${stderr.toString()}` };
}

function succeed(args: readonly string[]): string {
  const { code, said } = run(args);
  if (code !== 0) throw new Error(`minisign ${args.join(' ')} ended with ${code}: ${said}`);
  return said;
}

export interface KeyFiles {
  readonly publicKey: string;
  readonly secretKey: string;
}

/** Makes a pair without a password. */
export function generate(folder: string, name = 'agent-server'): KeyFiles {
  const files = { publicKey: join(folder, `${name}.pub`), secretKey: join(folder, `${name}.key`) };
  succeed(['-G', '-W', '-p', files.publicKey, '-s', files.secretKey]);
  return files;
}

/** The signature of a file, which it leaves beside it; with `legacy`, of the file itself instead of its hash. */
export function sign(file: string, { secretKey }: KeyFiles, comment = 'a comment', legacy = false): string {
  const signature = `${file}.minisig`;
  succeed(['-S', ...(legacy ? ['-l'] : []), '-s', secretKey, '-x', signature, '-t', comment, '-m', file]);
  return readFileSync(signature, 'utf8');
}
