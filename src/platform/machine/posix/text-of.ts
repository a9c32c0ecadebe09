/** A small file as text. */
import { readFileSync } from 'node:fs';

/** Empty for one that is not there, or is not for us: what is missing is then unknown, and nothing else is. */
export function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
