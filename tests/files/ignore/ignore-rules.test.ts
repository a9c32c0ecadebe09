/** Which rules of git count for a folder that was asked for. */
import { expect, test } from 'bun:test';
import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { IgnoreRules } from '../../../src/files/ignore/ignore-rules.ts';
import { Sandbox } from '../../support/sandbox.ts';

const RULES: Readonly<Record<string, string>> = {
  '.gitignore': 'node_modules/\ndist/\n*.log\nlib/taken\n',
  'lib/.gitignore': '!taken\n',
  'node_modules/pkg/.gitignore': 'own\n',
};

test.each([
  ['a folder beside', 'src', 'src/dist', true],
  ['one that is left out', 'node_modules', 'node_modules/dist', false],
  ['one in it', 'node_modules/pkg', 'node_modules/pkg/dist', false],
  ['one in that', 'node_modules/pkg/deep', 'node_modules/pkg/deep/x.log', false],
  ['one in it, by its own rules', 'node_modules/pkg', 'node_modules/pkg/own', true],
  ['one that was taken back', 'lib/taken', 'lib/taken/x.log', true],
] as const)('%s: those of the folders above, unless they leave it out', (_what, folder, asked, isOut) => {
  using box = new Sandbox();
  const top = realpathSync(box.path);
  mkdirSync(join(top, '.git'));
  for (const [path, text] of Object.entries(RULES)) {
    mkdirSync(dirname(join(top, path)), { recursive: true });
    writeFileSync(join(top, path), text);
  }
  mkdirSync(join(top, folder), { recursive: true });
  const rules = IgnoreRules.of(join(top, folder));
  expect(rules.ignores(join(top, asked), !asked.endsWith('.log'))).toBe(isOut);
});
