/** What a tool call unfolds to: where it works, what it changes and prints, what it was given. */
import { h, type Child } from '../../element.ts';
import { contentBlock } from '../content-block.ts';
import type { TerminalEntry, ToolEntry } from '../conversation/entry.ts';
import { jsonOf, listOf, numberOf, objectOf, textOf } from '../sent.ts';
import { diffElement } from './diff-element.ts';
import { terminalOutput } from './terminal-output.ts';

const MAX_JSON = 20_000;

type ToolContent = Pick<ToolEntry, 'content' | 'locations' | 'rawInput' | 'rawOutput'>;
type TerminalOf = (terminalId: string) => TerminalEntry | undefined;

export function toolContent({ content, locations, rawInput, rawOutput }: ToolContent, terminalOf: TerminalOf): Child[] {
  const shown = content.map((one) => contentOf(one, terminalOf));
  const places = listOf(locations).flatMap(placeOf);
  const all = [
    places.length > 0 && h('ul', { class: 'locations', 'aria-label': 'Files' }, ...places),
    ...shown,
    json('Input', rawInput),
    // Where there is content, it is the agent's own rendering of the output.
    shown.length === 0 && json('Output', rawOutput),
  ].filter((one) => one !== false);
  return all.length > 0 ? all : [h('p', { class: 'help' }, 'The agent has told no more of it.')];
}

function contentOf(sent: unknown, terminalOf: TerminalOf): Child {
  const item = objectOf(sent);
  switch (item['type']) {
    case 'diff':
      return diffElement(textOf(item['path']) ?? '', textOf(item['oldText']) ?? '', textOf(item['newText']) ?? '');
    case 'terminal': {
      const terminal = terminalOf(textOf(item['terminalId']) ?? '');
      return terminal === undefined ? h('p', { class: 'help' }, 'A terminal of the agent.') : terminalOutput(terminal);
    }
    case 'content':
      return contentBlock(objectOf(item['content']));
    default:
      return json('Content', sent);
  }
}

function placeOf(sent: unknown): HTMLElement[] {
  const place = objectOf(sent);
  const [path, line] = [textOf(place['path']), numberOf(place['line'])];
  return path === undefined ? [] : [h('li', { class: 'mono' }, `${path}${line === undefined ? '' : `:${line}`}`)];
}

function json(title: string, value: unknown): Child {
  if (value === undefined || value === null) return false;
  const text = jsonOf(value);
  return h(
    'details',
    { class: 'raw' },
    h('summary', {}, title),
    h('pre', { tabindex: 0 }, text.length > MAX_JSON ? `${text.slice(0, MAX_JSON)}…` : text),
  );
}
