import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { OutputLog } from '../../src/console/page/jobs/output-log.ts';
import { StyledText } from '../../src/console/page/jobs/styled-text.ts';

const ESC = '\u001b';

function paper(...pieces: string[]): string[] {
  const log = new OutputLog();
  for (const piece of pieces) log.write('stdout', piece);
  return log.lines.map(({ runs }) => runs.map(({ text }) => text).join(''));
}

describe('a job’s output as lines', () => {
  test.each<[string, string, string[]]>([
    ['lines', 'one\ntwo\n', ['one', 'two']],
    ['lines of Windows', 'one\r\ntwo\r\n', ['one', 'two']],
    ['a line without an end', 'one\ntwo', ['one', 'two']],
    ['empty lines', '\n\nx', ['', '', 'x']],
    ['a progress bar', '1/3\r2/3\r3/3\ndone\n', ['3/3', 'done']],
    ['a line that is erased', `half${ESC}[2Kwhole\n`, ['whole']],
    ['cursor movements', `${ESC}[2J${ESC}[1;1H${ESC}[?25lhi${ESC}[K`, ['hi']],
    ['a title and a clipboard', `a${ESC}]0;title\u0007b${ESC}]52;c;aGk=${ESC}\\c`, ['abc']],
    ['other strings', `a${ESC}Pq#0${ESC}\\b${ESC}(Bc`, ['abc']],
    ['bells and nulls', 'a\u0007b\u0000c', ['abc']],
    ['a tab', 'a\tb', ['a\tb']],
    ['what is markup elsewhere', '<b>&amp;', ['<b>&amp;']],
  ])('%s', (_what, text, lines) => {
    expect(paper(text)).toEqual(lines);
  });

  test('however the text is cut into pieces, it is the same', () => {
    const piece = fc.constantFrom(
      'word',
      '\n',
      '\r',
      '\r\n',
      `${ESC}[31m`,
      `${ESC}[0m`,
      `${ESC}]0;t\u0007`,
      `${ESC}[2K`,
      '→😀',
    );
    fc.assert(
      fc.property(fc.array(piece), fc.array(fc.nat(200)), (parts, cuts) => {
        const text = parts.join('');
        const at = [0, ...cuts.map((cut) => Math.min(cut, text.length)).toSorted((a, b) => a - b), text.length];
        const cut = at.slice(1).map((to, index) => text.slice(at[index], to));
        expect(paper(...cut)).toEqual(paper(text));
      }),
    );
  });

  test('the streams do not write into each other’s lines', () => {
    const log = new OutputLog();
    log.write('stdout', 'half ');
    log.write('stderr', 'trouble\n');
    log.write('stdout', 'whole\n');
    expect(log.lines.map(({ stream, runs }) => [stream, runs.map(({ text }) => text).join('')])).toEqual([
      ['stdout', 'half whole'],
      ['stderr', 'trouble'],
    ]);
  });

  test('what has gone by is forgotten, and counted', () => {
    const log = new OutputLog();
    for (let line = 0; line < 20_000; line += 1) log.write('stdout', `${line}\n`);
    expect(log.lines.length).toBeLessThan(7500);
    expect(log.lines.length + log.dropped).toBe(20_000);
    expect(log.lines.at(-1)?.runs[0]?.text).toBe('19999');
    const endless = paper('x'.repeat(25_000));
    expect(endless.map(({ length }) => length)).toEqual([10_000, 10_000, 5000]);
  });

  test('a reader is told which lines changed', () => {
    const log = new OutputLog();
    log.write('stdout', 'one\ntwo');
    expect(log.takeDirty()).toBe(0);
    log.write('stdout', ' more\nthree\n');
    expect(log.takeDirty()).toBe(1);
    expect(log.takeDirty()).toBe(3);
  });
});

describe('colours', () => {
  const styleOf = (codes: string) => {
    const strokes = new StyledText().read(`${ESC}[${codes}mx`);
    return strokes.flatMap((stroke) => (stroke.at === 'text' ? [stroke.run.style] : []))[0];
  };
  test.each<[string, object]>([
    ['31', { color: 1 }],
    ['1;92', { bold: true, color: 10 }],
    ['44', { background: 4 }],
    ['38;5;208', { color: 208 }],
    ['48;5;17;1', { background: 17, bold: true }],
    ['38;2;1;2;3', { color: '#010203' }],
    ['38;2;1;2;300', {}],
    ['31;0', {}],
    ['31;39', {}],
    ['31;44;49', { color: 1 }],
    ['7;27;4', { inverse: false, underline: true }],
    ['?31', {}],
    ['999', {}],
  ])('%s', (codes, style) => {
    expect(styleOf(codes)).toEqual(style);
  });
});
