/** What restores a terminal when a program's output ends, wherever it ends. */
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { TerminalState } from '../../../src/core/terminal-state/terminal-state.ts';

const undone = (...pieces: string[]): string => {
  const state = new TerminalState();
  for (const piece of pieces) state.take(piece);
  return state.undo(20);
};

describe('what a program has changed', () => {
  test('is undone, and nothing else is sent', () => {
    expect(undone('plain \u001b[1mbold\u001b[0m')).toBe('\u001b[0m');
    expect(undone('\u001b[?1049h\u001b[?25l')).toBe('\u001b[?1049l\u001b[?25h\u001b[0m');
    expect(undone('\u001b[?1049h\u001b[?25l', 'x', '\u001b[?25h\u001b[?1049l')).toBe('\u001b[0m');
    expect(undone('\u001b[?1000;1006;2004h')).toBe('\u001b[?1000l\u001b[?1006l\u001b[?2004l\u001b[0m');
    expect(undone('\u001b[2;5r\u001b[4 q\u001b=\u001b(0\u000e')).toBe(
      '\u001b[0 q\u001b>\u001b(B\u000f\u001b7\u001b[r\u001b8\u001b[0m',
    );
    expect(undone('\u001b[?1049h\u001b[?25l\u001bc')).toBe('\u001b[0m');
    expect(undone('\u001b[3g')).toBe('\u001b[3g\u001b[1G\u001bH\u001b[9G\u001bH\u001b[17G\u001bH\r\u001b[0m');
    expect(undone('\u001b]11;#fff\u0007\u001b]4;1;red;2;blue\u0007')).toBe(
      '\u001b]111\u0007\u001b]104;1\u0007\u001b]104;2\u0007\u001b[0m',
    );
  });

  test('includes the keyboard of either screen, the link and the sequence that is not complete', () => {
    expect(undone('\u001b[>1u\u001b[?1049h\u001b[>5u')).toBe(
      '\u001b[<99u\u001b[=0u\u001b[?1049l\u001b[<99u\u001b[=0u\u001b[0m',
    );
    expect(undone('\u001b[>1u\u001b[?1049h\u001b[>5u\u001b[<u\u001b[?1049l\u001b[<u')).toBe('\u001b[0m');
    expect(undone('\u001b[>4;2m')).toBe('\u001b[>4m\u001b[0m');
    expect(undone('\u001b]8;;https://example.org\u0007link')).toBe('\u001b]8;;\u0007\u001b[0m');
    expect(undone('\u001b]52;c;Zm9v')).toBe('\u0018\u001b[0m');
  });

  test('is found however the output is split', () => {
    const output = 'a\u001b[?1049h\u001b]0;title\u001b\\\u001b[?25l\u001b[?1000;1006h\u001b[2;5rb';
    fc.assert(
      fc.property(fc.array(fc.nat({ max: output.length })), (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), output.length];
        expect(undone(...at.slice(1).map((cut, index) => output.slice(at[index], cut)))).toBe(undone(output));
      }),
    );
  });
});

describe('what leads a replay', () => {
  const leads = (...pieces: string[]): string => {
    const state = new TerminalState();
    for (const piece of pieces) state.take(piece);
    return state.sequences();
  };

  test('has the keyboard of either screen', () => {
    expect(leads('\u001b[=1;1u\u001b[>2u\u001b[?1049h\u001b[>5u\u001b[=2;2u')).toBe(
      '\u001b[=1u\u001b[>2u\u001b[0m\u001b7\u001b[?1049h\u001b[>7u\u001b[0m',
    );
  });

  test('has what xterm.js has not: colours of the palette, links, the pointer, long keys', () => {
    const all = '\u001b[>4;2m\u001b]22;text\u0007\u001b]11;#123\u0007\u001b]8;id=1;https://example.org\u001b\\';
    expect(leads(all)).toBe(all);
    expect(leads(all, '\u001b]8;;\u0007\u001b]111\u0007')).toBe('\u001b[>4;2m\u001b]22;text\u0007');
    expect(leads('\u001b]4;1;red;7;?\u0007\u001b]11;?\u0007')).toBe('\u001b]4;1;red\u0007');
    expect(leads('\u001b]4;1;red\u0007\u001b]4;2;red\u0007\u001b]104;1\u0007')).toBe('\u001b]4;2;red\u0007');
  });

  test('begins what was cut, and has a terminal ignore the rest of what is too long to keep', () => {
    expect(leads('text\u001b[38;5')).toBe('\u001b[38;5');
    expect(leads(`\u001b]52;c;${'A'.repeat(100_000)}`, 'AAA')).toBe('\u001b]xAAA');
    expect(leads(`\u001bPq${'A'.repeat(100_000)}`, `${'A'.repeat(5000)}\u001b`)).toBe('\u001b_x');
    expect(leads(`\u001b]52;c;${'A'.repeat(100_000)}`, 'A\u0007\u001b[?5h')).toBe('\u001b[?5h');
  });

  test('leaves out a scroll region that a later size has ended', () => {
    const state = new TerminalState();
    state.take('\u001b[2;5r');
    expect([state.sequences(), state.sequences(3), state.sequences(6)]).toEqual(['\u001b[2;5r', '\u001b[2;5r', '']);
  });

  test('stays small, whatever a program sends', () => {
    const state = new TerminalState();
    for (let index = 0; index < 5000; index += 1)
      state.take(`\u001b[?${index}h\u001b]4;${index};${'x'.repeat(900)}\u0007\u001b[>1u\u001b[>${index};1m`);
    state.take(`\u001b]0;${'t'.repeat(1_000_000)}`);
    expect(state.sequences().length).toBeLessThan(500_000);
  });
});
