/** What is in a folder, for comparing: names as bytes, types, modes, times to the second, links, and content by its hash. */
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';

export function folderOf(path: string): string[] {
  const found: string[] = [];
  const walk = (at: Buffer, name: string): void => {
    const stats = lstatSync(at);
    const common = `${name} ${(stats.mode & 0o777).toString(8)}`;
    const time = Math.floor(stats.mtimeMs / 1000);
    if (stats.isSymbolicLink()) found.push(`${name} -> ${readlinkSync(at)}`);
    else if (stats.isFile()) found.push(`${common} ${time} ${hashOf(at)}`);
    else {
      found.push(`${common} ${time}/`);
      for (const own of readdirSync(at, { encoding: 'buffer' }))
        walk(Buffer.concat([at, Buffer.from('/'), own]), `${name}/${own.toString('latin1')}`);
    }
  };
  walk(Buffer.from(path), '.');
  return found.toSorted();
}

export const hashOf = (path: string | Buffer): string =>
  new Bun.CryptoHasher('sha256').update(readFileSync(path)).digest('hex');
