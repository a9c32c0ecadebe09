import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { contrast, readable, type Rgb } from '../../src/console/page/color/contrast.ts';
import { withLinks } from '../../src/console/page/output/printed-links.ts';
import { StyledText } from '../../src/console/page/output/styled-text.ts';
import { textRows } from '../../src/console/page/output/text-rows.ts';
import { printedAddress } from '../../src/console/page/web-address.ts';

const ESC = '\u001b';

const paper = (text: string): string[] => textRows(text)[0].map((row) => row.text);

describe('a job’s output as rows', () => {
  test.each<[string, string, string[]]>([
    ['lines', 'one\ntwo\n', ['one', 'two']],
    ['lines of Windows', 'one\r\ntwo\r\n', ['one', 'two']],
    ['a line without an end', 'one\ntwo', ['one', 'two']],
    ['empty lines', '\n\nx', ['', '', 'x']],
    ['a progress bar', '1/3\r2/3\r3/3\ndone\n', ['3/3', 'done']],
    ['a line that is erased', `half${ESC}[2Kwhole\n`, ['whole']],
    ['cursor movements', `${ESC}[2J${ESC}[1;1H${ESC}[?25lhi${ESC}[K`, ['hi']],
    ['a title and a clipboard', `a${ESC}]0;title\u0007b${ESC}]52;c;aGk=${ESC}\\c`, ['abc']],
    ['a link', `${ESC}]8;id=1;https://a.example/${ESC}\\here${ESC}]8;;\u0007!`, ['here!']],
    ['other strings', `a${ESC}Pq#0${ESC}\\b${ESC}(Bc`, ['abc']],
    ['bells and nulls', 'a\u0007b\u0000c', ['abc']],
    ['a tab', 'a\tb', ['a\tb']],
    ['what is markup elsewhere', '<b>&amp;', ['<b>&amp;']],
    ['a line of a megabyte', 'x'.repeat(1_000_000), ['x'.repeat(1_000_000)]],
  ])('%s', (_what, text, rows) => {
    expect(paper(text)).toEqual(rows);
  });

  test('cut anywhere between lines, the colours and links go on', () => {
    const piece = fc.constantFrom(
      'word',
      `${ESC}[31m`,
      `${ESC}[0m`,
      `${ESC}[9m`,
      `${ESC}]8;;https://a.example/${ESC}\\`,
      '→😀',
    );
    fc.assert(
      fc.property(fc.array(fc.array(piece)), fc.nat(20), (parts, cut) => {
        const lines = parts.map((line) => `${line.join('')}\n`);
        const [first, state] = textRows(lines.slice(0, cut).join(''));
        expect([...first, ...textRows(lines.slice(cut).join(''), state)[0]]).toEqual(textRows(lines.join(''))[0]);
      }),
    );
  });
});

describe('links', () => {
  const linksIn = (text: string) =>
    textRows(text)[0].flatMap(({ runs }) =>
      withLinks(runs).flatMap(({ text: part, link }) => (link === undefined ? [] : [[part, link]])),
    );

  test.each<[string, string[]]>([
    ['see https://a.example/x?y=1&z#f.', ['https://a.example/x?y=1&z#f']],
    ['(http://127.0.0.1:8585/)', ['http://127.0.0.1:8585/']],
    [`"https://a.example/q"`, ['https://a.example/q']],
    ['mailto:me@a.example, https://b.example', ['mailto:me@a.example', 'https://b.example']],
    [`https://a.exa${ESC}[31mmple/x`, ['https://a.example/x', 'https://a.example/x']],
    ['javascript:alert(1) file:///etc/passwd data:text/html,x', []],
  ])('%j', (text, addresses) => {
    expect(linksIn(text).map(([, link]) => link)).toEqual(addresses);
  });

  test.each([
    'javascript:alert(1)',
    ' jAvAsCrIpT:alert(1)',
    'java\tscript:alert(1)',
    'data:text/html,<script>1</script>',
    'vbscript:x',
    'file:///etc/passwd',
    'blob:https://a.example/1',
    '//a.example',
    'nonsense',
  ])('%j leads nowhere', (address) => {
    expect(printedAddress(address)).toBeUndefined();
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
    ['38:2::1:2:3', { color: '#010203' }],
    ['38:5:208;1', { color: 208, bold: true }],
    ['38;2;1;2;300', {}],
    ['31;0', {}],
    ['31;39', {}],
    ['31;44;49', { color: 1 }],
    ['7;27;4', { inverse: false, underline: true }],
    ['4:3', { underline: true }],
    ['4:0', { underline: false }],
    ['58;5;1', {}],
    ['58:2::1:2:3;9', { strike: true }],
    ['9;29', { strike: false }],
    ['?31', {}],
    ['999', {}],
  ])('%s', (codes, style) => {
    expect(styleOf(codes)).toEqual(style);
  });

  test('whatever the two colours are, the text is made to stand out', () => {
    const color = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255));
    fc.assert(
      fc.property(color, color, (one: Rgb, ground: Rgb) => {
        expect(contrast(readable(one, ground), ground)).toBeGreaterThanOrEqual(4.5);
      }),
    );
    expect(readable([0, 0, 0], [255, 255, 255])).toEqual([0, 0, 0]);
  });
});
