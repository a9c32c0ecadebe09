/**
 * Where a command would be read that is typed now. It is found out before anything is typed: what others have typed is
 * read first, and a line that they have begun is not made part of the command.
 *
 * A shell with marks tells which lines it has read. Elsewhere, and for what marks do not tell, it is taken as read when
 * the terminal is quiet.
 */
import { clearLineKey } from '../platform/programs/index.ts';
import { currentLine, hasNewLine, isAtContinuation, printable } from './execute-output.ts';
import { inProgram, isOtherPrompt, type ProgramPlace } from './execute-program.ts';
import { LONG_QUIET_MS, PROMPT_DUE_MS, QUIET_MS, type Watch } from './execute-watch.ts';
import { type, type Outcome } from './execution.ts';
import type { Marks } from './marks.ts';
import type { Screens } from './screen.ts';
import type { Terminal } from './terminal.ts';
import { ASK_LINE } from './typed-input.ts';

const INTERRUPT = '\u0003';
/** Silence after which the shell is asked again for its line; at once where a prompt has come, as it may have dropped the key. */
const ASK_AGAIN_MS = [QUIET_MS, QUIET_MS, QUIET_MS, LONG_QUIET_MS, PROMPT_DUE_MS];

export interface MarkedPrompt {
  readonly at: 'prompt';
  readonly marks: Marks;
  /** Whether it accepts bracketed paste; false where that was not asked for. */
  readonly bracketedPaste: boolean;
}

export type Place =
  /** The shell is at its prompt, and marks its commands. */
  | MarkedPrompt
  | ProgramPlace
  /** The wait is over before it is known. */
  | { readonly at: 'unknown' }
  | { readonly at: 'refused'; readonly outcome: Outcome };

export interface Search {
  readonly watch: Watch;
  readonly screens: Screens;
  /** Whether a line that is begun is to be cleared. */
  readonly clear: boolean;
  /** Whether the command is to be pasted. */
  readonly pastes: boolean;
}

export async function findPlace(terminal: Terminal, search: Search): Promise<Place> {
  const place = await look(terminal, search);
  if (place.at !== 'line' || !search.clear) return place;
  if (!(await search.watch.quiet(QUIET_MS))) return { at: 'unknown' };
  const refused = clearLine(terminal);
  if (refused !== undefined) return { at: 'refused', outcome: refused };
  const cleared = await look(terminal, search);
  // The program has ended by it: the command was not meant for what is there now.
  const isElsewhere = cleared.at === 'program' && isOtherPrompt(place.base ?? '', cleared.prompt);
  return isElsewhere ? { at: 'unknown' } : cleared;
}

async function look(terminal: Terminal, search: Search): Promise<Place> {
  for (;;) {
    if (search.watch.over) return { at: 'unknown' };
    const { marks } = terminal;
    const place = await (marks === undefined ? inProgram(terminal, search) : inShell(terminal, marks, search));
    if (place !== undefined) return place;
  }
}

/** Undefined when it is to be looked at again, here and below. */
async function inShell(terminal: Terminal, marks: Marks, search: Search): Promise<Place | undefined> {
  switch (marks.state) {
    case 'between':
      if (terminal.typed.interrupted) return interruptIsOver(terminal, marks, search.watch);
      return awaitPrompt(terminal, marks, search.watch);
    case 'unknown':
      return awaitPrompt(terminal, marks, search.watch);
    case 'prompt':
    case 'continuation':
      return atPrompt(terminal, marks, search);
    case 'running':
    case 'absent':
    case 'broken':
      return inProgram(terminal, search);
  }
}

async function atPrompt(terminal: Terminal, marks: Marks, search: Search): Promise<Place | undefined> {
  const { typed } = terminal;
  if (typed.interrupted) return interruptIsOver(terminal, marks, search.watch);
  if (typed.lines > 0) return linesAreRead(terminal, marks, search.watch);
  if (marks.state === 'continuation') return { at: 'line' };
  const { count } = typed;
  if (typed.unfinished) return lineIsShown(terminal, marks, search.watch);
  const bracketedPaste = search.pastes && (await search.screens.look(terminal)).bracketedPaste;
  const still = marks.state === 'prompt' && typed.count === count && !search.watch.over;
  return still ? { at: 'prompt', marks, bracketedPaste } : undefined;
}

/** Waits for a prompt that is due. */
async function awaitPrompt(terminal: Terminal, marks: Marks, watch: Watch): Promise<undefined> {
  const due = () => marks.state === 'unknown' || marks.state === 'between';
  await watch.untilOrQuiet(() => !due(), PROMPT_DUE_MS);
  if (!due() || watch.over) return;
  const seen = terminal.bytes;
  if (marks.state === 'unknown' && (await currentLine(terminal)).trim() === '') {
    // However slowly it starts: it would read what is typed now, and its first prompt would seem to be the end of that.
    await watch.until(() => !due() || terminal.bytes > seen || undefined);
  } else marks.giveUp();
}

/** Waits until an interrupt can no longer drop what is typed now. */
async function interruptIsOver(terminal: Terminal, marks: Marks, watch: Watch): Promise<undefined> {
  const { typed } = terminal;
  const { count } = typed;
  const changed = () => typed.count !== count || marks.state === 'running';
  // The prompt that comes now may be the one before the interrupt, and is usually the one that answers it.
  const prompted = () => marks.promptEnd > typed.enteredAt && marks.state !== 'between' && typed.lines === 0;
  await watch.untilOrQuiet(() => prompted() || changed(), typed.lines > 0 ? LONG_QUIET_MS : QUIET_MS);
  const length = await askForLine(terminal, marks, { watch, changed });
  // Where it is not told, the shell may still be about to drop what is typed now.
  if (length === undefined) await watch.quiet(QUIET_MS);
  if (changed() || watch.over) return;
  if (length !== undefined && length > 0 && !typed.unfinished) {
    // What was typed before the interrupt is still there.
    type(terminal, INTERRUPT);
    return;
  }
  typed.settleInterrupt();
  if (length === undefined) return;
  typed.settleLines();
  if (length === 0) typed.clearLine();
}

/**
 * How many characters are on the shell's line; undefined where it does not tell.
 *
 * It is asked by a key. A line editor that was about to wait for a key notices an interrupt only with the next one (zsh) or
 * with the Enter (bash), and drops that key or the beginning of the line: it answers no key before it has noticed.
 */
async function askForLine(
  terminal: Terminal,
  marks: Marks,
  { watch, changed }: { readonly watch: Watch; readonly changed: () => boolean },
): Promise<number | undefined> {
  if (marks.family === 'powershell') return undefined;
  const answer = () => watch.marks.find(({ kind }) => kind === 'K')?.length;
  const prompted = () => watch.marks.some(({ kind }) => kind === 'B');
  for (const ms of ASK_AGAIN_MS) {
    if (changed() || watch.over) return undefined;
    watch.forgetMarks();
    type(terminal, ASK_LINE);
    await watch.untilOrQuiet(() => answer() !== undefined || prompted() || changed(), ms);
    if (answer() !== undefined) return answer();
  }
  return undefined;
}

/** Waits until the shell has read a line that was typed. */
async function linesAreRead(terminal: Terminal, marks: Marks, watch: Watch): Promise<undefined> {
  const { typed } = terminal;
  const { state } = marks;
  const { lines, interrupted } = typed;
  const changed = () => marks.state !== state || typed.lines !== lines || typed.interrupted !== interrupted;
  const seen = terminal.bytes;
  await watch.untilOrQuiet(changed, LONG_QUIET_MS);
  if (changed() || watch.over) return;
  if (!hasNewLine(terminal, marks.promptEnd)) {
    // It was read by a program before this prompt, or the key did nothing.
    typed.settleLines();
  } else if (await isAtContinuation(terminal, marks)) {
    marks.waitsForRest();
    typed.settleLines();
  } else {
    // A command runs in a shell that does not say so.
    await watch.until(() => changed() || terminal.bytes > seen || undefined);
  }
}

/** Keys were typed at the prompt: waits until something is shown for them. */
async function lineIsShown(terminal: Terminal, marks: Marks, watch: Watch): Promise<Place | undefined> {
  const { typed } = terminal;
  const { count } = typed;
  const shown = () => printable(terminal.read(marks.promptEnd).data).trim() !== '';
  const changed = () => marks.state !== 'prompt' || typed.count !== count;
  await watch.untilOrQuiet(() => shown() || changed(), LONG_QUIET_MS);
  if (changed() || watch.over) return undefined;
  if (shown() || isForShell(terminal, marks)) return { at: 'line' };
  // A program has read them before this prompt, such as the key that ends a pager.
  typed.clearLine();
  return undefined;
}

/** Whether keys that are not shown are not known to have been read by a command: an ESC would take the next key with it. */
function isForShell(terminal: Terminal, marks: Marks): boolean {
  const { begunAt, firstEcho } = terminal.typed;
  if (begunAt === undefined) return false;
  if (!marks.wasRunning(begunAt)) return true;
  // The system has shown it, and keeps it for whoever reads next.
  return firstEcho.startsWith('^') && terminal.read(begunAt).data.includes(firstEcho);
}

function clearLine(terminal: Terminal): Outcome | undefined {
  const { marks, typed } = terminal;
  const shellReads = marks?.state === 'prompt' || marks?.state === 'continuation';
  // An interrupt also drops the lines before this one, and works in every mode of every line editor. A program may end by it.
  const key = shellReads || typed.base !== undefined ? INTERRUPT : clearLineKey;
  const refused = type(terminal, key);
  if (key !== INTERRUPT) typed.clearLine();
  return refused;
}
