/** A command at the prompt of a shell that marks where commands begin and end. */
import { commandEnd, commandStart, isContinued, type CommandEnd } from './command-end.ts';
import { comparePrompt, withoutEcho, withoutPrompt } from './execute-echo.ts';
import { keysFor } from './execute-keys.ts';
import { currentLine, hasNewLine, isAtContinuation, lineBetween, outputOf } from './execute-output.ts';
import type { MarkedPrompt } from './execute-place.ts';
import { LONG_QUIET_MS, PROMPT_DUE_MS, QUIET_MS, type Watch } from './execute-watch.ts';
import { executed, type, type Outcome } from './execution.ts';
import type { Marks } from './marks.ts';
import type { Terminal } from './terminal.ts';

type Ending =
  | { readonly by: 'mark'; readonly end: CommandEnd }
  | { readonly by: 'continuation' }
  /** The prompt is back, and has lost its marks. */
  | { readonly by: 'prompt'; readonly prompt: string }
  | { readonly by: 'timeout' };

export async function executeMarked(
  terminal: Terminal,
  { marks, bracketedPaste }: MarkedPrompt,
  { command, watch }: { readonly command: string; readonly watch: Watch },
): Promise<Outcome> {
  watch.forgetMarks();
  const typedAt = terminal.bytes;
  const { keys, lines } = keysFor(command, { family: marks.family, bracketedPaste });
  const refused = type(terminal, keys);
  if (refused !== undefined) return refused;
  const ending = await waitForEnd(terminal, marks, typedAt, watch);
  if (ending.by === 'continuation') return executed(terminal, { output: '', status: 'continuation', dropped: 0 });
  const begin = commandStart(watch.marks);
  const end = ending.by === 'mark' ? ending.end : undefined;
  const { text, dropped } = await outputOf(terminal, begin?.end ?? typedAt, end?.start ?? terminal.bytes);
  // A command that the shell could not parse never began: its text stands before the error message.
  const output = begin === undefined ? withoutEcho(text, lines, terminal.cols) : text;
  if (ending.by === 'prompt') {
    marks.giveUp();
    terminal.typed.settleLines();
    return executed(terminal, { output: withoutPrompt(output, ending.prompt), status: 'done', dropped });
  }
  const status = end === undefined ? 'running' : 'done';
  return executed(terminal, { output, status, exitCode: end?.exitCode, dropped });
}

async function waitForEnd(terminal: Terminal, marks: Marks, typedAt: number, watch: Watch): Promise<Ending> {
  const marked = () => commandEnd(watch.marks) !== undefined || isContinued(watch.marks);
  let prompt: string | undefined;
  const { promptStart, promptEnd } = marks;
  for (;;) {
    await watch.untilOrQuiet(marked, QUIET_MS);
    if (isContinued(watch.marks)) return { by: 'continuation' };
    if (marked()) {
      await watch.untilOrQuiet(() => commandEnd(watch.marks)?.final === true, PROMPT_DUE_MS);
      const end = commandEnd(watch.marks);
      if (end !== undefined) return { by: 'mark', end };
    }
    if (watch.over) return { by: 'timeout' };
    // It is quiet, and may be so because what the command did has taken the marks away.
    const seen = terminal.bytes;
    const still = () => terminal.bytes === seen && !watch.over;
    if (hasNewLine(terminal, typedAt)) {
      const line = await currentLine(terminal);
      prompt ??= await lineBetween(terminal, promptStart, promptEnd);
      const found = comparePrompt(prompt, line);
      if (found === 'same' && still()) return { by: 'prompt', prompt };
      if (found === 'kind' && (await watch.quiet(LONG_QUIET_MS)) && still()) return { by: 'prompt', prompt: line };
      if ((await isAtContinuation(terminal, marks)) && still()) {
        marks.waitsForRest();
        terminal.typed.settleLines();
        return { by: 'continuation' };
      }
    }
    await watch.until(() => marked() || !still() || undefined);
  }
}
