/**
 * The examples of a document, as a reader pastes them: its blocks of one language, from the first to the last, in one shell. A line
 * `# …` in a block is what the lines before it print, where `…` stands for anything.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dir, '../..');
/** Of a server on its usual port. */
const ADDRESS = 'http://127.0.0.1:8585';

export interface Examples {
  readonly script: string;
  /** What it prints, line by line. */
  readonly prints: readonly string[];
}

/** `heading`: one section alone. `url`: where the server of this reader is. */
export function examplesOf(document: string, language: 'sh' | 'powershell', url: string, heading?: string): Examples {
  const text = readFileSync(join(root, document), 'utf8');
  const section = heading === undefined ? text : (text.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '');
  const blocks = [...section.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].flatMap(([, named, block = '']) =>
    named === language ? [block] : [],
  );
  const lines = blocks.join('\n').split('\n');
  return {
    script: blocks.join('\n').replaceAll(ADDRESS, url),
    prints: lines.flatMap((line) => (line.startsWith('# ') ? [line.slice(2)] : [])),
  };
}

/** What of `prints` does not come in its turn in the output; empty where all does. */
export function missingIn(output: string, prints: readonly string[]): string[] {
  const left = output.split(/\r?\n/);
  return prints.filter((line) => {
    const pattern = new RegExp(
      `^${line
        .split('…')
        .map((text) => RegExp.escape(text))
        .join('.*')}$`,
    );
    const at = left.findIndex((printed) => pattern.test(printed));
    if (at >= 0) left.splice(0, at + 1);
    return at < 0;
  });
}
