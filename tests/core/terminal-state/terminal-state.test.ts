/** The state that output leaves, judged by a real terminal emulator. */
import { describe, expect, test } from 'bun:test';
import { Terminal } from '@xterm/headless';
import fc from 'fast-check';
import { TerminalState } from '../../../src/core/terminal-state/terminal-state.ts';

const COLUMNS = 40;
const COLOUR = 0x3ffffff;
/** <xterm>/common/buffer/Constants.ts. */
const RGB = 0x3000000;
const UNDERLINE = 0x10000000;
const ESC = '\u001b';

/** What xterm keeps, much of it behind its public interface. */
interface Core {
  readonly coreService: { readonly decPrivateModes: object; readonly modes: object; readonly isCursorHidden: boolean };
  readonly coreMouseService: { readonly activeProtocol: string; readonly activeEncoding: string };
  readonly _charsetService: { readonly charset: object | undefined; readonly glevel: number };
  readonly _inputHandler: {
    readonly _curAttrData: { readonly fg: number; readonly bg: number; readonly extended: { ext: number } };
  };
  readonly buffer: { readonly scrollTop: number; readonly scrollBottom: number; readonly tabs: object };
}

async function stateAfter(...output: string[]) {
  const title: string[] = [''];
  const terminal = new Terminal({ cols: COLUMNS, rows: 12, allowProposedApi: true });
  terminal.onTitleChange((text) => title.push(text));
  for (const piece of output) await new Promise<void>((resolve) => terminal.write(piece, resolve));
  const core = (terminal as unknown as { _core: Core })._core;
  const { fg, bg, extended } = core._inputHandler._curAttrData;
  const state = {
    alternate: terminal.buffer.active.type,
    title: title.at(-1),
    modes: terminal.modes,
    private: core.coreService.decPrivateModes,
    public: core.coreService.modes,
    cursorHidden: core.coreService.isCursorHidden,
    mouse: [core.coreMouseService.activeProtocol, core.coreMouseService.activeEncoding],
    charset: core._charsetService.charset,
    pen: [colour(fg), colour(bg), underlined(fg, extended.ext)],
    region: [core.buffer.scrollTop, core.buffer.scrollBottom],
    tabs: core.buffer.tabs,
  };
  const copy = structuredClone(state);
  terminal.dispose();
  return copy;
}

/** Of a colour out of the palette, the bits of an earlier RGB one are left over. */
const colour = (bits: number): number => ((bits & RGB) === RGB ? bits : bits & ~0xffff00);

/** Without an underline its style is left over; all bits of its colour mean that of the text. */
const underlined = (fg: number, ext: number): number =>
  (fg & UNDERLINE) === 0 ? 0 : (ext & COLOUR) === COLOUR ? ext & ~COLOUR : ext;

const sequencesAfter = (...output: string[]): string => {
  const state = new TerminalState();
  for (const piece of output) state.take(piece);
  return state.sequences();
};

/** Everything that a terminal is told once. */
const TOLD = [
  ['?1h', '?1l', '?5h', '?6h', '?6l', '?7l', '?7h', '?25l', '?25h', '?45h', '?66h', '?66l', '4h', '4l', '20h'],
  ['?9h', '?1000h', '?1000l', '?1002h', '?1002l', '?1003h', '?1003l', '?1006h', '?1006l', '?1016h', '?1000;1006h'],
  ['?1004h', '?1004l', '?2004h', '?2004l', '?47h', '?47l', '?1047h', '?1047l', '?1049h', '?1049l', '!p'],
  ['m', '0m', '1m', '2m', '22m', '3m', '4m', '4:3m', '24m', '5m', '7m', '27m', '8m', '9m', '29m', '53m', '55m'],
  ['31m', '39m', '42m', '49m', '97m', '104m', '38;5;200m', '48;2;1;2;3m', '38:2::9:8:7m', '1;31;44m'],
  ['2;5r', '3;9r', 'r', 's', 'u', '3 q', '0 q'],
]
  .flat()
  .map((rest) => `${ESC}[${rest}`)
  .concat([
    `${ESC}(0`,
    `${ESC}(B`,
    `${ESC})0`,
    `${ESC})B`,
    '\u000e',
    '\u000f',
    `${ESC}n`,
    `${ESC}=`,
    `${ESC}>`,
    `${ESC}7`,
    `${ESC}8`,
    /* xterm.js leaves the cursor hidden. */ `${ESC}c${ESC}[?25h`,
    `${ESC}]0;both\u0007`,
    `${ESC}]2;täglich\u0007`,
    `${ESC}]2;\u0007`,
    `${ESC}]52;c;Zm9v\u0007`,
    `\r\n`,
    'text',
  ]);

/** As tabs(1) sets them; where it is cut, a tab stop is lost with the column of the cursor. */
const TABS = [`${ESC}[3g`, `\r${ESC}[3g    ${ESC}H${ESC}[31m      ${ESC}H\r`, `${ESC}[7G${ESC}H`, `\r${ESC}[5C${ESC}H`];

/** xterm.js has faults where these meet others. */
const UNDERLINE_COLOURS = [`${ESC}[4;58;5;3m`, `${ESC}[4;58;5;3m${ESC}[59m`];

/** A saved charset comes with a saved cursor, which is not kept: programs choose their charset again. */
const withoutSavedCharset = (parts: readonly string[]): boolean =>
  !parts.some((part) => part === `${ESC}8` || part === `${ESC}[u` || part === `${ESC}[?1049l`) ||
  !parts.some((part) => ['(', ')', 'n'].includes(part.slice(1, 2)) || part < ESC);

describe('the state that output leaves', () => {
  test.each([...TOLD, ...TABS, ...UNDERLINE_COLOURS].map((told) => [JSON.stringify(told), told]))(
    'has %s',
    async (_name, told) => {
      expect(await stateAfter(sequencesAfter(told))).toEqual(await stateAfter(told));
    },
  );

  test('has tab stops however their sequences are split', async () => {
    const [, told = ''] = TABS;
    for (let cut = 1; cut < told.length; cut += 1)
      expect(sequencesAfter(told.slice(0, cut), told.slice(cut))).toBe(sequencesAfter(told));
  });

  test('is that of a terminal that has seen it all, whatever it was and however it came', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...TOLD), { maxLength: 25 }),
        fc.array(fc.constantFrom(...TOLD), { maxLength: 4 }),
        fc.nat(400),
        fc.nat(400),
        async (before, after, first, second) => {
          fc.pre(withoutSavedCharset([...before, ...after]));
          const all = [...before, ...after].join('');
          // Cut anywhere, also within a sequence.
          const [low = 0, high = 0] = [first, second].map((at) => at % (all.length + 1)).toSorted((a, b) => a - b);
          const lead = sequencesAfter(all.slice(0, low), all.slice(low, high));
          expect(await stateAfter(lead, all.slice(high))).toEqual(await stateAfter(all));
        },
      ),
      { numRuns: 300 },
    );
  });
});
