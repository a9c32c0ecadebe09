/** What `attach` does with output before it is shown, and with keys before they are sent. */
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { parseDetachKey } from '../../../src/cli/attach/detach-key.ts';
import { Replay } from '../../../src/cli/attach/replay.ts';

describe('the detach key', () => {
  test('is found as every kind of keyboard sends it', () => {
    const key = parseDetachKey('ctrl-]');
    if (!key.ok) throw new Error(key.failure.message);
    expect(key.value.name).toBe('Ctrl-]');
    expect(key.value.indexIn('ab\u001dc')).toBe(2);
    expect(key.value.indexIn('ab\u001b[93;5uc')).toBe(2);
    expect(key.value.indexIn('\u001b[27;5;93~')).toBe(0);
    expect(key.value.indexIn(']}\u001b')).toBeUndefined();
  });

  test('is written like ctrl-a or ^A', () => {
    for (const [text, name, sent] of [
      ['ctrl-a', 'Ctrl-A', '\u0001'],
      ['^Q', 'Ctrl-Q', '\u0011'],
      ['Ctrl-\\', 'Ctrl-\\', '\u001c'],
      ['ctrl-^', 'Ctrl-^', '\u001e'],
    ] as const) {
      const key = parseDetachKey(text);
      expect(key.ok && [key.value.name, key.value.indexIn(sent)]).toEqual([name, 0]);
    }
    for (const text of ['', 'a', 'ctrl-', 'ctrl-1', 'alt-x', '^ab']) expect(parseDetachKey(text).ok).toBe(false);
  });
});

const QUERIES = [
  [
    '\u001b[6n',
    '\u001b[?6n',
    '\u001b[5n',
    '\u001b[c',
    '\u001b[0c',
    '\u001b[>c',
    '\u001b[=c',
    '\u001bZ',
    '\u001b[?2026$p',
  ],
  [
    '\u001b[18t',
    '\u001b[14t',
    '\u001b[?u',
    '\u001b[>q',
    '\u001b]10;?\u0007',
    '\u001b]4;1;?\u001b\\',
    '\u001b]52;c;?\u0007',
  ],
  ['\u001bP$qm\u001b\\', '\u001bP+q544e\u001b\\'],
].flat();
const OTHERS = [
  ['\u001b[31m', '\u001b[2J', '\u001b[?25l', '\u001b]0;what?\u0007', '\u001b]10;#fff\u0007', '\u001b[8;24;80t', '€'],
  ['\u001b[22;0t', '\u001b[>1u', '\u001b[2 q', '\u001b(B', '\u001bM', '\u001b]133;A\u0007', 'text?\r\n'],
].flat();

describe('a replay', () => {
  test('shows everything but queries, however it is split', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...QUERIES, ...OTHERS)), fc.array(fc.nat({ max: 200 })), (parts, cuts) => {
        const old = parts.join('');
        const at = [0, ...cuts.filter((cut) => cut < old.length).toSorted((a, b) => a - b), old.length];
        const replay = new Replay();
        const pieces = at.slice(1).map((cut, index) => old.slice(at[index], cut));
        const shown = pieces.map((piece) => replay.take(piece)).join('') + replay.end();
        expect(shown).toBe(parts.filter((part) => OTHERS.includes(part)).join(''));
      }),
    );
  });
});
