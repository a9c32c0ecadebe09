/** The lines that README.md has a reader type, with what the reader fills in. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const README = join(import.meta.dir, '../../README.md');
const HEADING = 'From a new Dev Box to your dashboard';

export interface FilledIn {
  /** In place of `RELEASE_URL`. */
  readonly release: string;
  /** In place of `https://dashboard.example`. */
  readonly dashboard: string;
}

/** The blocks of code in that section, in their order. */
export function linesOfReadme({ release, dashboard }: FilledIn) {
  const [, section = ''] = readFileSync(README, 'utf8').split(`\n## ${HEADING}\n`);
  const [text = ''] = section.split('\n## ');
  return [...text.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(([, language = '', lines = '']) => ({
    language,
    lines: lines.replaceAll('RELEASE_URL', release).replaceAll('https://dashboard.example', dashboard),
  }));
}
