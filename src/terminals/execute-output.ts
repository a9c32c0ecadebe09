/**
 * What a command printed, as a person sees it: without escape sequences, without control characters but tab and newline,
 * each line as it stands at the end.
 *
 * Most output only ever adds to its end, in colours perhaps, and is its own text. Where it moves the cursor, a terminal
 * emulator draws it (drawn-text.ts).
 */
/* eslint-disable no-control-regex -- this file is about them */
import { escapeSequences } from '../core/escape-sequences.ts';
import { drawnText, lastLine } from './drawn-text.ts';
import type { Marks } from './marks.ts';
import type { Screens } from './screen.ts';
import type { Terminal } from './terminal.ts';

/** Output before the command's that tells where on the screen it begins. */
export const CONTEXT_BYTES = 64 * 1024;

/**
 * Sequences that change neither the text nor the place of the next character: colours, titles and other strings, keyboard
 * and mouse modes, the cursor's looks, and clearing what is behind the end.
 */
const INERT =
  /^\u001b(?:\[[\d;:]*m|\[0?[JK]|\[\?(?:1|12|25|100[0-6]|1015|1016|2004|2026)[hl]|\[\d* q|\[[<=>?][\d;]*[mu]|[\]PX^_][^]*|[=>]|\(B)$/;
const OTHER_CONTROLS = /[^\P{Cc}\t\n]/u;

export interface Output {
  readonly text: string;
  /** Bytes at its beginning that are no longer kept. */
  readonly dropped: number;
}

/** The text of the terminal's output between two offsets. */
export async function outputOf(terminal: Terminal, from: number, to: number): Promise<Output> {
  const { dropped } = terminal.read(from, 4);
  const begin = Math.min(from + dropped, to);
  const output = between(terminal, begin, to);
  const text =
    appended(output) ??
    (await drawnText(output, between(terminal, Math.max(0, begin - CONTEXT_BYTES), begin), terminal));
  return { text, dropped: begin - from };
}

/** The text of output that only adds to its end; undefined for any other. */
function appended(output: string): string | undefined {
  const text = output
    .replaceAll(escapeSequences(), (sequence) => (INERT.test(sequence) ? '' : sequence))
    .replaceAll(/\r+\n/g, '\n')
    .replaceAll('\u0007', '');
  return OTHER_CONTROLS.test(text) ? undefined : text;
}

/** The text without escape sequences and control characters but tab and newline, drawn or not. */
export const printable = (output: string): string =>
  output.replaceAll(escapeSequences(), '').replaceAll(/[^\P{Cc}\t\n]/gu, '');

/** The text before the cursor on its line, as the output between two offsets draws it. */
export function lineBetween(terminal: Terminal, from: number, to: number): Promise<string> {
  return lastLine(between(terminal, Math.max(0, from), to), terminal);
}

/** On the screen, but for marks that are broken. */
export async function lineOnScreen(terminal: Terminal, screens: Screens): Promise<string> {
  if (terminal.marks?.state === 'broken') return currentLine(terminal);
  return (await screens.look(terminal)).beforeCursor;
}

export function currentLine(terminal: Terminal): Promise<string> {
  return lineBetween(terminal, terminal.bytes - CONTEXT_BYTES, terminal.bytes);
}

export const hasNewLine = (terminal: Terminal, since: number): boolean => terminal.read(since).data.includes('\n');

/** Whether PowerShell waits for the rest of a command: it has no mark for that. */
export async function isAtContinuation(terminal: Terminal, { family }: Pick<Marks, 'family'>): Promise<boolean> {
  return family === 'powershell' && (await currentLine(terminal)).startsWith('>> ');
}

function between(terminal: Terminal, from: number, to: number): string {
  // What is no longer kept before it would be made up for behind it.
  const { dropped } = terminal.read(from, 4);
  const { data } = from + dropped < to ? terminal.read(from + dropped, to - from - dropped) : { data: '' };
  // Before it is drawn: a mark without its end would swallow the prompt behind it.
  return terminal.marks?.withoutBroken(data) ?? data;
}
