/** Where lines of a conversation go on a terminal: those that change are written over, and nothing else is. */
import { describe, expect, test } from 'bun:test';
import { Terminal } from '@xterm/headless';
import { Screen } from '../../../src/cli/agents/screen.ts';

/** A screen whose streams go to one terminal, or to pipes. */
function newScreen(kind: 'terminal' | 'pipes', rows = 10) {
  const terminal = new Terminal({ cols: 20, rows, convertEol: true, allowProposedApi: true });
  const written = { stdout: '', stderr: '' };
  const screen = new Screen({
    columns: () => (kind === 'terminal' ? 20 : undefined),
    rows: () => rows,
    write: (to, text) => {
      written[to] += text;
      terminal.write(text);
    },
  });
  const lines = async (): Promise<string[]> => {
    await new Promise<void>((resolve) => terminal.write('', resolve));
    const buffer = terminal.buffer.active;
    const all = Array.from({ length: buffer.length }, (_, row) => buffer.getLine(row)?.translateToString(true) ?? '');
    return all.slice(0, buffer.baseY + buffer.cursorY + 1);
  };
  return { screen, written, lines };
}

describe('on a terminal', () => {
  test('each line that changes is written over in its place', async () => {
    const { screen, lines } = newScreen('terminal');
    screen.text('stdout', 'Let me see');
    screen.changing('a', '[running] one', false);
    screen.changing('b', '[running] two', false);
    screen.changing('a', '[done] one', true);
    screen.changing('b', `[done] ${'two '.repeat(10)}`, true);
    screen.text('stdout', 'Well.');
    expect(await lines()).toEqual(['Let me see', '[done] one', '[done] two two two…', 'Well.']);
  });

  test('one that other output has followed is written again at its end only', async () => {
    const { screen, lines } = newScreen('terminal');
    screen.changing('a', '[pending] one', false);
    screen.text('stdout', 'text');
    screen.changing('a', '[running] one', false);
    screen.changing('a', '[done] one', true);
    screen.lines('note');
    expect(await lines()).toEqual(['[pending] one', 'text', '[done] one', 'note', '']);
  });

  test('one that has left the screen above is written again', async () => {
    const { screen, lines } = newScreen('terminal', 3);
    for (const id of ['a', 'b', 'c', 'd']) screen.changing(id, `[running] ${id}`, false);
    screen.changing('a', '[done] a', true);
    screen.changing('d', '[done] d', true);
    expect(await lines()).toEqual(['[running] a', '[running] b', '[running] c', '[done] d', '[done] a', '']);
  });
});

test('in pipes, a line is written when it does not change any more, and streams do not mix', () => {
  const { screen, written } = newScreen('pipes');
  screen.text('stdout', 'Let me see');
  screen.changing('a', '[running] one', false);
  screen.changing('b', '[running] two', false);
  expect(written).toEqual({ stdout: 'Let me see', stderr: '' });
  screen.changing('a', '[done] one', true);
  screen.text('stdout', 'Well.');
  screen.endLine();
  screen.settle();
  expect(written).toEqual({ stdout: 'Let me see\nWell.\n', stderr: '[done] one\n[running] two\n' });
});
