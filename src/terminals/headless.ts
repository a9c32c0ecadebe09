/** A terminal emulator without a window: xterm, with the widths of characters that the console page has. */
import type { Terminal as Xterm } from '@xterm/headless';
import type { Size } from './size.ts';

/** `scrollback`: lines kept above the screen. */
export async function newHeadless({ cols, rows }: Size, scrollback: number): Promise<Xterm> {
  // Loaded at the first request: a server that is never asked for a screen does not need it.
  const { Terminal: Headless } = await import('@xterm/headless');
  const { Unicode11Addon } = await import('@xterm/addon-unicode11');
  // It would write on our console what it makes of a program's broken sequences.
  const xterm = new Headless({ cols, rows, scrollback, logLevel: 'off', allowProposedApi: true });
  // The add-on's types are for the xterm of a browser, which has the same API.
  (new Unicode11Addon() as unknown as { activate(xterm: Xterm): void }).activate(xterm);
  xterm.unicode.activeVersion = '11';
  return xterm;
}

/** The text before the cursor on its line, wrapped lines joined. */
export function textBeforeCursor({ buffer: { active } }: Xterm): string {
  let text = active.getLine(active.baseY + active.cursorY)?.translateToString(false, 0, active.cursorX) ?? '';
  for (let row = active.cursorY; row > 0 && active.getLine(active.baseY + row)?.isWrapped === true; row -= 1)
    text = (active.getLine(active.baseY + row - 1)?.translateToString(false) ?? '') + text;
  return text;
}

/** Resolves when it has been parsed. */
export const writeTo = (xterm: Xterm, text: string): Promise<void> =>
  new Promise((resolve) => xterm.write(text, resolve));
