/** What is in a folder, as text: one line for each file, folder and link. */
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

export function treeText(folder: string, below = ''): string[] {
  return readdirSync(join(folder, below))
    .toSorted()
    .flatMap((own) => {
      const name = below === '' ? own : `${below}/${own}`;
      const path = join(folder, name);
      const stats = lstatSync(path);
      if (stats.isSymbolicLink()) return [`${name} -> ${readlinkSync(path)}`];
      if (stats.isDirectory()) return [`${name}/`, ...treeText(folder, name)];
      if (!stats.isFile()) return [`${name} other`];
      const hash = new Bun.CryptoHasher('sha256').update(readFileSync(path)).digest('hex').slice(0, 8);
      return [`${name} ${stats.size} ${hash}`];
    });
}
