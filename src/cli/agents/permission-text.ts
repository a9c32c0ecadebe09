/**
 * A permission request as the user reads it. The title is the agent's own word for it; what the call says in its fields is
 * shown with it, because the user decides on that (CVE-2026-32065).
 */
import { diffLines } from './diff-lines.ts';
import { fieldsOf, listOf, textOf, type Fields } from './fields.ts';
import { foreignLine } from '../foreign-line.ts';
import { titleOf } from './tool-line.ts';

const MAX_VALUE_CHARACTERS = 4000;

export function permissionLines(toolCall: Fields): string[] {
  return [
    `agent-server: the agent asks for permission: ${titleOf(toolCall)}`,
    ...inputLines(toolCall['rawInput']),
    ...listOf(toolCall['locations']).map((location) => {
      const { path, line } = fieldsOf(location);
      return `  path: ${shown(path)}${typeof line === 'number' ? `:${line}` : ''}`;
    }),
    ...listOf(toolCall['content']).flatMap((content) => contentLines(fieldsOf(content))),
  ];
}

function inputLines(input: unknown): string[] {
  if ((input ?? null) === null) return [];
  const fields = Object.entries(fieldsOf(input));
  if (fields.length === 0) return [`  input: ${shown(input)}`];
  return fields.map(([name, value]) => `  ${foreignLine(name)}: ${shown(value)}`);
}

function contentLines(content: Fields): string[] {
  if (content['type'] !== 'diff') return [];
  const { path, oldText, newText } = content;
  const lines = diffLines(textOf(oldText) ?? '', textOf(newText) ?? '');
  return [`  change of ${shown(path)}:`, ...lines.map((line) => `    ${line}`)];
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  const more = text.length - MAX_VALUE_CHARACTERS;
  return foreignLine(text.slice(0, MAX_VALUE_CHARACTERS)) + (more > 0 ? ` … and ${more} more characters` : '');
}
