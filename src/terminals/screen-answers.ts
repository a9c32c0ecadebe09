/**
 * Answers a program's queries to its terminal (cursor position, device attributes) while no client is attached.
 *
 * An attached client's own terminal emulator answers them. Without one, a program that waits for the answer would hang:
 * PowerShell's line editor does, in a terminal that only programs use.
 */
import { startOfUnfinished } from '../core/escape-sequences.ts';
import type { Screens } from './screen.ts';
import type { Terminal } from './terminal.ts';

/** Device status, cursor position, and device attributes: https://vt100.net/docs/vt510-rm/DSR.html and DA1.html. */
// eslint-disable-next-line no-control-regex -- escape sequences begin with one
const QUERY = /\u001b\[(5n|\??6n|0?c|>0?c)/g;
const ESC = 0x1b;
/** Queries that wait for their answers at once; more are ignored. */
const MAX_OPEN = 16;

/** An xterm with advanced video, as xterm.js says of itself. */
const PRIMARY = '\u001b[?1;2c';
const SECONDARY = '\u001b[>0;276;0c';

export function answerWhenAlone(terminal: Terminal, screens: Screens): void {
  /** The beginning of a sequence whose rest has not come yet. */
  let unfinished = '';
  let open = 0;
  const answer = async (query: string, at: number) => {
    open += 1;
    const text = await answerTo(query, terminal, screens, at);
    open -= 1;
    terminal.input(text);
  };
  terminal.onOutput((chunk) => {
    if (terminal.attached > 0 || (unfinished === '' && !chunk.includes(ESC))) {
      unfinished = '';
      return;
    }
    // One character per byte, so that an index in the text is an offset.
    const text = unfinished + Buffer.from(chunk).toString('latin1');
    const from = terminal.bytes - unfinished.length;
    for (const match of text.matchAll(QUERY)) {
      if (open < MAX_OPEN) void answer(match[1] ?? '', from + match.index + match[0].length);
    }
    unfinished = text.slice(startOfUnfinished(text));
  });
}

async function answerTo(query: string, terminal: Terminal, screens: Screens, at: number): Promise<string> {
  if (query === '5n') return '\u001b[0n';
  if (query.endsWith('c')) return query.startsWith('>') ? SECONDARY : PRIMARY;
  // The chunk with the query is in the scrollback only after its listeners have been called.
  await Promise.resolve();
  const { x, y } = (await screens.look(terminal, at)).view.cursor;
  return `\u001b[${query.startsWith('?') ? '?' : ''}${y + 1};${x + 1}R`;
}
