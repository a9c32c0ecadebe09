/** Marks in a shell's output: found wherever the chunks are cut, and only those of this terminal. */
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { Marks, newMarkSecret, type Mark } from '../../src/terminals/marks.ts';

const SECRET = 'c0ffee';
const mark = (text: string, secret = SECRET, end = '\u0007') => `\u001b]133;${text};aid=${secret}${end}`;
const encode = (text: string) => new TextEncoder().encode(text);

function marksOf(chunks: readonly Uint8Array[]): { found: Mark[]; state: string } {
  const marks = new Marks(SECRET, 'bash');
  const found: Mark[] = [];
  marks.onMark((one) => found.push(one));
  for (const chunk of chunks) marks.feed(chunk);
  return { found, state: marks.state };
}

const START = `${mark('D;0')}${mark('A')}é $ ${mark('B')}`;
const SESSION = `${START}make\r\n${mark('C')}done\r\n${mark('D;7', SECRET, '\u001b\\')}${mark('A')}é $ ${mark('B')}`;

describe('marks', () => {
  test('tell where a command’s output begins and ends, and its exit code', () => {
    const { found, state } = marksOf([encode(SESSION)]);
    expect(found.map(({ kind }) => kind).join('')).toBe('DABCDAB');
    expect(state).toBe('prompt');
    const [, , , begin, end] = found;
    expect(end?.exitCode).toBe(7);
    expect(new TextDecoder().decode(encode(SESSION).slice(begin?.end, end?.start))).toBe('done\r\n');
  });

  test('tell how long the line is, when asked, and that the prompt is there although an interrupt has dropped its mark', () => {
    const { found, state } = marksOf([encode(`${mark('C')}${mark('D;0')}${mark('K;12')}`)]);
    expect(found.at(-1)).toMatchObject({ kind: 'K', length: 12, exitCode: undefined });
    expect(state).toBe('prompt');
    expect(marksOf([encode(`${START}${mark('P')}${mark('K;0')}`)]).state).toBe('continuation');
  });

  test('are the same however the output is cut', () => {
    const bytes = encode(SESSION);
    const whole = marksOf([bytes]);
    fc.assert(
      fc.property(fc.array(fc.nat({ max: bytes.length })), (cuts) => {
        const sorted = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
        expect(marksOf(sorted.slice(1).map((cut, index) => bytes.slice(sorted[index], cut)))).toEqual(whole);
      }),
    );
  });

  test('of another terminal, of a program, or too long to be one, are none', () => {
    const foreign = [
      mark('D;0', 'other'),
      '\u001b]133;D;0\u0007',
      `\u001b]133;${'x'.repeat(200)}`,
      '\u001b]133;D\u001b[',
    ];
    const { found } = marksOf([encode(`${foreign.join('')}${mark('A')}`)]);
    expect(found.map(({ kind }) => kind)).toEqual(['A']);
    expect(found[0]?.end).toBe(encode(`${foreign.join('')}${mark('A')}`).length);
  });

  test('a prompt within a command is not the shell’s own', () => {
    expect(marksOf([encode(mark('B') + mark('C') + mark('B'))]).state).toBe('running');
  });

  test('have a secret that nobody guesses', () => {
    expect(newMarkSecret()).toMatch(/^[0-9a-f]{32}$/);
    expect(newMarkSecret()).not.toBe(newMarkSecret());
  });
});
