/** The settings table of README.md, made from src/settings/all.ts. */
import { join } from 'node:path';
import { environmentName, SETTINGS, type SettingName } from '../../src/settings/all.ts';
import type { Setting, SettingValue } from '../../src/settings/kinds.ts';

export const readmePath = join(import.meta.dir, '..', '..', 'README.md');

const BEGIN = '<!-- settings: made by `npm run openapi` from src/settings -->';
const END = '<!-- /settings -->';

/** The text with its table of settings made anew. Throws where it has no place for one. */
export function readmeWithSettings(readme: string): string {
  const from = readme.indexOf(BEGIN);
  const to = readme.indexOf(END);
  if (from < 0 || to < from) throw new Error(`README.md has no ${BEGIN} … ${END}`);
  return `${readme.slice(0, from + BEGIN.length)}\n${settingsTable()}\n${readme.slice(to)}`;
}

function settingsTable(): string {
  const names = Object.keys(SETTINGS) as SettingName[];
  return ['| flag | environment | default | meaning |', '|---|---|---|---|', ...names.map(row)].join('\n');
}

const settingOf = (name: SettingName): Setting<SettingValue> => SETTINGS[name];

function row(name: SettingName): string {
  const { placeholder, default: fallback, description } = settingOf(name);
  const flag = placeholder === undefined ? `--${name}` : `--${name} ${placeholder}`;
  const cells = [
    `\`${flag}\``,
    `\`${environmentName(name)}\``,
    fallback === undefined ? '' : `\`${fallback}\``,
    description,
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
