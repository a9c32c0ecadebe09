/**
 * Programs ask their terminal questions: where is the cursor, what are you? Who is attached answers, by the terminal he
 * sits at. With nobody there the screen answers, or a program that waits for it stands still for ever: PowerShell's line
 * editor does, and only programs use its terminal.
 */
import type { Screens } from './screen.ts';
import type { Terminal } from './terminal.ts';

/** Device status, cursor position, and device attributes: https://vt100.net/docs/vt510-rm/DSR.html and DA1.html. */
// eslint-disable-next-line no-control-regex -- it is what this is about
const QUESTION = /\u001b\[(5n|\??6n|0?c|>0?c)/g;
// eslint-disable-next-line no-control-regex -- as above
const BEGUN = /\u001b(?:\[[?>]?[056]?)?$/;
const ESC = 0x1b;
/** What a program may ask before it gets its answers. */
const MAX_OPEN = 16;

/** An xterm with advanced video, as xterm.js says of itself. */
const PRIMARY = '\u001b[?1;2c';
const SECONDARY = '\u001b[>0;276;0c';

export function answerWhenAlone(terminal: Terminal, screens: Screens): void {
  let begun = '';
  let open = 0;
  const answer = async (question: string, at: number) => {
    open += 1;
    const text = await answerTo(question, terminal, screens, at);
    open -= 1;
    terminal.input(text);
  };
  terminal.onOutput((chunk) => {
    if (terminal.attached > 0 || (begun === '' && !chunk.includes(ESC))) {
      begun = '';
      return;
    }
    // A character for each byte: where a question ends is then an offset.
    const text = begun + Buffer.from(chunk).toString('latin1');
    const from = terminal.bytes - begun.length;
    for (const match of text.matchAll(QUESTION)) {
      if (open < MAX_OPEN) void answer(match[1] ?? '', from + match.index + match[0].length);
    }
    begun = BEGUN.exec(text)?.[0] ?? '';
  });
}

async function answerTo(question: string, terminal: Terminal, screens: Screens, at: number): Promise<string> {
  if (question === '5n') return '\u001b[0n';
  if (question.endsWith('c')) return question.startsWith('>') ? SECONDARY : PRIMARY;
  // The output that asks is in the scrollback after this event.
  await Promise.resolve();
  const { x, y } = (await screens.look(terminal, at)).view.cursor;
  return `\u001b[${question.startsWith('?') ? '?' : ''}${y + 1};${x + 1}R`;
}
