/**
 * A command for a shell without marks, or for a program in a shell, such as Python's prompt.
 *
 * It is done when nothing was printed for a while and the text before the cursor is what it was before: the prompt. A
 * prompt that has changed, but ends with the same signs, needs a longer silence. Where there was no prompt at all, only
 * the terminal's exit ends the command, or the end of the program in a shell with marks.
 */
import { commandEnd, commandStarts } from './command-end.ts';
import { asksForRest, comparePrompt, isShellPrompt, withoutEcho, withoutPrompt } from './execute-echo.ts';
import { ENTER } from './execute-keys.ts';
import { lineOnScreen, outputOf } from './execute-output.ts';
import { LONG_QUIET_MS, PROMPT_DUE_MS, QUIET_MS, type Watch } from './execute-watch.ts';
import { executed, type, type Outcome } from './execution.ts';
import type { Mark } from './marks.ts';
import type { Screens } from './screen.ts';
import type { Terminal } from './terminal.ts';

type Ending = 'prompt' | 'mark' | 'continuation';

export class UnmarkedExecution {
  readonly #terminal: Terminal;
  readonly #screens: Screens;
  readonly #watch: Watch;
  /** What stood before the cursor. */
  readonly #prompt: string;

  constructor(terminal: Terminal, { screens, watch, prompt }: { screens: Screens; watch: Watch; prompt: string }) {
    this.#terminal = terminal;
    this.#screens = screens;
    this.#watch = watch;
    this.#prompt = prompt;
  }

  async execute(command: string): Promise<Outcome> {
    const terminal = this.#terminal;
    this.#watch.forgetMarks();
    const { typed, bytes: typedAt } = terminal;
    const typedBefore = typed.lines;
    const lines = command.split('\n');
    for (const [index, line] of lines.entries()) {
      const before = terminal.bytes;
      const refused = type(terminal, line + ENTER);
      if (refused !== undefined) return refused;
      // One by one: many programs echo twice what is typed before they read.
      if (index < lines.length - 1) await this.#answered(before);
    }
    const { entered } = typed;
    const end = await this.#end(typedAt, lines);
    if (end === 'mark') {
      const typedAfter = () => typed.entered - entered;
      const own = await this.#readByShell(typedBefore, typedAfter);
      if (own !== undefined) return own;
    }
    const mark = end === 'mark' ? commandEnd(this.#watch.marks) : undefined;
    const { text, dropped } = await outputOf(terminal, typedAt, mark?.start ?? terminal.bytes);
    const output = withoutEcho(text, lines, terminal.cols);
    if (end === 'continuation') return executed(terminal, { output: '', status: 'continuation', dropped: 0 });
    // Whoever shows its prompt has read what was typed. Who is told that it runs may type for it.
    if (end !== undefined || terminal.marks?.state !== 'running') typed.settleLines();
    return executed(terminal, {
      output: end === 'prompt' ? withoutPrompt(output, this.#prompt) : output,
      status: end === undefined ? 'running' : 'done',
      exitCode: mark?.exitCode,
      dropped,
    });
  }

  /**
   * When the program has ended without reading what was typed, the shell reads it at its next prompt and runs it: the last
   * command that it runs then, but for the lines that others have typed after ours.
   */
  async #readByShell(typedBefore: number, typedAfter: () => number): Promise<Outcome | undefined> {
    const { marks } = this.#terminal;
    const watch = this.#watch;
    // Where ours is the only line, it is read at once or not at all.
    const patience = () => (typedBefore + typedAfter() > 0 ? LONG_QUIET_MS : QUIET_MS);
    const starts = () => commandStarts(watch.marks);
    for (;;) {
      const count = starts().length;
      if (marks?.state === 'running') await watch.until(() => marks.state !== 'running' || undefined);
      await watch.untilOrQuiet(() => marks?.state === 'prompt' || starts().length > count, PROMPT_DUE_MS);
      await watch.untilOrQuiet(() => starts().length > count, patience());
      if (watch.over || starts().length === count) break;
    }
    const own = starts().at(-1 - typedAfter());
    return own === undefined ? undefined : this.#outcomeOf(own);
  }

  async #outcomeOf(begin: Mark): Promise<Outcome> {
    const marks = this.#watch.marks.filter(({ start }) => start >= begin.start);
    const end = commandEnd(marks);
    const { text, dropped } = await outputOf(this.#terminal, begin.end, end?.start ?? this.#terminal.bytes);
    const status = end === undefined ? 'running' : 'done';
    return executed(this.#terminal, { output: text, status, exitCode: end?.exitCode, dropped });
  }

  /** Resolves when the Enter was echoed and it is quiet again. */
  async #answered(before: number): Promise<void> {
    await this.#watch.until(() => this.#terminal.read(before).data.includes('\n') || undefined);
    await this.#watch.quiet(QUIET_MS);
  }

  /** Resolves to what showed that the command is done; undefined when the wait is over before. */
  async #end(begin: number, lines: readonly string[]): Promise<Ending | undefined> {
    const terminal = this.#terminal;
    const watch = this.#watch;
    const ended = () => commandEnd(watch.marks) !== undefined;
    const typedAt = terminal.bytes;
    for (;;) {
      // Before the Enter is echoed, the prompt is the old one.
      await watch.until(() => ended() || terminal.read(typedAt).data.includes('\n') || undefined);
      const quiet = await watch.quiet(QUIET_MS);
      if (ended()) return 'mark';
      if (!quiet) return undefined;
      const seen = terminal.bytes;
      const line = await lineOnScreen(terminal, this.#screens);
      const found = comparePrompt(this.#prompt, line);
      if (found === 'same' && terminal.bytes === seen) return 'prompt';
      if (asksForRest(this.#prompt, line) && (await this.#shown(begin, lines)) === line.trimEnd()) {
        if (terminal.bytes !== seen) continue;
        terminal.typed.base = this.#prompt;
        terminal.typed.settleLines();
        return 'continuation';
      }
      const isPrompt = found === 'kind' || (this.#prompt.trim() !== '' && isShellPrompt(line));
      if (isPrompt && (await watch.quiet(LONG_QUIET_MS)) && terminal.bytes === seen) return 'prompt';
      if (terminal.bytes === seen) await watch.until(() => terminal.bytes > seen || undefined);
      if (watch.over) return undefined;
    }
  }

  /** What stands behind the echo of the command. */
  async #shown(begin: number, lines: readonly string[]): Promise<string> {
    const { text } = await outputOf(this.#terminal, begin, this.#terminal.bytes);
    return withoutEcho(text, lines, this.#terminal.cols).trimEnd();
  }
}
