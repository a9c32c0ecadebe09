/** What a command printed in a terminal of the agent, in its colours, and how it ended. */
import { h } from '../../element.ts';
import { withLinks } from '../../output/printed-links.ts';
import { runElement } from '../../output/run-element.ts';
import { textRows } from '../../output/text-rows.ts';
import type { TerminalEntry } from '../conversation/entry.ts';

/** Lines that are shown, the last ones. */
const MAX_LINES = 500;

export function terminalOutput({ command, cwd, end }: TerminalEntry): HTMLElement {
  return h(
    'div',
    { class: 'terminal-run' },
    command !== '' && h('pre', { class: 'command-line', title: cwd && `in ${cwd}` }, `$ ${command}`),
    end === undefined ? h('p', { class: 'help' }, 'It runs; its output is shown when it has ended.') : output(end),
  );
}

function output({ output: text, truncated, exitCode }: NonNullable<TerminalEntry['end']>): HTMLElement {
  const [all] = textRows(text);
  const lines = all.slice(-MAX_LINES);
  const isCut = truncated || lines.length < all.length;
  return h(
    'div',
    {},
    isCut && h('p', { class: 'help' }, 'Only the end of its output is shown.'),
    lines.length > 0 &&
      h(
        'pre',
        { class: 'printed', tabindex: 0, role: 'region', 'aria-label': 'Output of the command' },
        ...lines.map(({ runs }) => h('div', { class: 'printed-line' }, ...withLinks(runs).map(runElement))),
      ),
    h('p', { class: exitCode === 0 ? 'help' : 'problem' }, exitText(exitCode)),
  );
}

const exitText = (exitCode: number | undefined): string =>
  exitCode === undefined ? 'It was ended' : `Exit code ${exitCode}`;
