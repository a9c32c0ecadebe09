/**
 * Where a command would be read in a shell without marks, or in a program: the screen tells, and what was typed.
 *
 * A key that is not known to have been read stands in the line, whatever it does in a line editor: without one the system
 * keeps arrow keys and all other keys for the next Enter.
 */
import { asksForRest, comparePrompt, endsWithSign } from './execute-echo.ts';
import { CONTEXT_BYTES, hasNewLine, lineBetween, lineOnScreen } from './execute-output.ts';
import { LONG_QUIET_MS, PROMPT_DUE_MS, QUIET_MS, type Watch } from './execute-watch.ts';
import type { Screens } from './screen.ts';
import type { Terminal } from './terminal.ts';

const LEAVES_SCREEN = '\u001b[?1049l';

export type ProgramPlace =
  /** `prompt`: the text before the cursor. */
  | { readonly at: 'program'; readonly prompt: string }
  /** A line is begun there, or a command. `base`: the prompt that comes once it is dropped; undefined where it is not known. */
  | { readonly at: 'line'; readonly base?: string };

/** Undefined when it is to be looked at again. */
export async function inProgram(
  terminal: Terminal,
  { watch, screens }: { readonly watch: Watch; readonly screens: Screens },
): Promise<ProgramPlace | undefined> {
  const { typed, marks } = terminal;
  const state = marks?.state;
  const { count } = typed;
  const changed = () => marks?.state !== state || typed.count !== count;
  if (terminal.lastOutputAt === undefined) await watch.untilOrQuiet(() => terminal.bytes > 0, PROMPT_DUE_MS);
  // The keys may not be echoed yet: until then, the prompt on the screen is the one before them.
  if (typed.lines > 0 || typed.interrupted) {
    const echoed = () => hasNewLine(terminal, typed.enteredAt);
    await watch.untilOrQuiet(() => changed() || echoed(), LONG_QUIET_MS);
  }
  await watch.untilOrQuiet(changed, QUIET_MS);
  if (changed() || watch.over) return undefined;
  const seen = terminal.bytes;
  const prompt = await lineOnScreen(terminal, screens);
  // A shell with marks tells itself what it has read.
  const entered = typed.lines > 0 && state !== 'running' ? await lineBefore(terminal, typed.linesFrom) : undefined;
  const begun = typed.begunAt === undefined ? undefined : await lineBefore(terminal, typed.begunAt);
  const moved = () => terminal.bytes !== seen || changed();
  if (moved() || watch.over) return undefined;
  const isRest = entered !== undefined && asksForRest(entered, prompt);
  if (entered !== undefined && !isRest && !endsWithSign(prompt) && (entered.trim() !== '' || typed.linesFrom === 0)) {
    // It was typed at a prompt: what runs is not to read the command, and the prompt comes back.
    await watch.until(() => moved() || undefined);
    return undefined;
  }
  // A prompt may be about to come, or the rest of a line.
  const isDoubtful = prompt.trim() === '' || (entered !== undefined && !isRest && isOtherPrompt(entered, prompt));
  if (isDoubtful && watch.quietMs < LONG_QUIET_MS) {
    await watch.untilOrQuiet(moved, LONG_QUIET_MS);
    return undefined;
  }
  // Whoever shows a prompt has read what was typed before.
  if (prompt.trim() !== '') typed.settleLines();
  typed.settleInterrupt();
  if (isRest) typed.base = entered;
  if (begun !== undefined && !isRead(terminal, begun)) return { at: 'line', base: typed.base ?? begun };
  typed.clearLine();
  if (typed.base !== undefined && asksForRest(typed.base, prompt)) return { at: 'line', base: typed.base };
  typed.base = undefined;
  return { at: 'program', prompt };
}

export const isOtherPrompt = (before: string, now: string): boolean =>
  before.trim() !== '' && comparePrompt(before, now) === 'other';

/** The line when something was typed at it. */
const lineBefore = (terminal: Terminal, at: number): Promise<string> => lineBetween(terminal, at - CONTEXT_BYTES, at);

/**
 * Whether the keys that were typed at the line `begun` are known to have been read by a program, key by key: it has left
 * its screen, or has come to a prompt without an echo of them. The system keeps what it echoes until there is an Enter.
 */
function isRead(terminal: Terminal, begun: string): boolean {
  const { begunAt, enteredAt, firstEcho } = terminal.typed;
  const { data } = terminal.read(begunAt);
  if (data.includes(LEAVES_SCREEN)) return true;
  // Typed at once with a line, it may wait behind that, unseen.
  if (begunAt === undefined || begunAt <= enteredAt) return false;
  return (data.includes('\n') || begun.trim() === '') && !data.includes(firstEcho);
}
