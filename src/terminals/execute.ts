/**
 * Types a command into a terminal, and waits until it is done.
 *
 *   waiting for the prompt ──typed──▶ running ──▶ done
 *                                        └──timeout──▶ it goes on, and its output so far is returned
 *
 * Where the shell marks its commands (marks.ts), beginning, end and exit code of the output are exact. Everywhere else (a
 * shell without marks, or a program in the shell, such as Python's prompt) it is done when nothing was printed for
 * a while and the text before the cursor is what it was before: the prompt. A prompt that has changed, but ends with
 * the same signs, needs a longer silence. Where there was no prompt at all, only the terminal's exit ends the command.
 */
import type { Clock } from '../core/clock.ts';
import { fail, ok, type Result } from '../core/failure.ts';
import { comparePrompt, withoutEcho, withoutPrompt } from './execute-echo.ts';
import { ENTER, isPlain, keysFor } from './execute-keys.ts';
import { outputOf } from './execute-output.ts';
import { Watch } from './execute-watch.ts';
import type { Mark, ShellFamily } from './marks.ts';
import type { Screens } from './screen.ts';
import type { Terminal } from './terminal.ts';

/** Silence after which the prompt may be back. */
const QUIET_MS = 150;
/** Silence after which a prompt that looks different is accepted. */
const LONG_QUIET_MS = 1000;
/** Silence after which a program is assumed to print no prompt (or no marks). */
const PROMPT_DUE_MS = 3000;

export interface ExecuteRequest {
  /** Newlines and tabs are the only control characters allowed. */
  readonly command: string;
  readonly timeoutMs: number;
  /** Aborted when the caller is gone; the command goes on. */
  readonly signal: AbortSignal;
}

export interface Execution {
  /** What it printed, see execute-output.ts. */
  readonly output: string;
  /** `running`: the timeout came first. */
  readonly status: 'done' | 'running';
  /** Undefined where it is not known. */
  readonly exitCode: number | undefined;
  /** Bytes at the beginning of the output that are no longer kept. */
  readonly dropped: number;
}

export type ExecuteFailure =
  | { readonly reason: 'command-unusable' }
  | { readonly reason: 'terminal-exited' }
  /** Another command is being executed in it. */
  | { readonly reason: 'terminal-busy' }
  /** It printed without a pause until the timeout, or had not begun: nothing was typed. */
  | { readonly reason: 'terminal-not-ready' }
  | { readonly reason: 'terminal-input-full' };

type Outcome = Result<Execution, ExecuteFailure>;

export class Executions {
  readonly #screens: Screens;
  readonly #clock: Clock;
  readonly #busy = new WeakSet<Terminal>();

  constructor(screens: Screens, clock: Clock) {
    this.#screens = screens;
    this.#clock = clock;
  }

  async execute(terminal: Terminal, { command, timeoutMs, signal }: ExecuteRequest): Promise<Outcome> {
    const text = command.replaceAll('\r\n', '\n').replace(/\n$/, '');
    // eslint-disable-next-line no-control-regex -- they would act as keys, and not be part of the command
    if (text.trim() === '' || /[\u0000-\u0008\u000b-\u001f\u007f]/.test(text))
      return fail({ reason: 'command-unusable' });
    if (terminal.status === 'exited') return fail({ reason: 'terminal-exited' });
    // Two that type at once would get each other's output.
    if (this.#busy.has(terminal)) return fail({ reason: 'terminal-busy' });
    this.#busy.add(terminal);
    using watch = new Watch(terminal, { clock: this.#clock, timeoutMs, signal });
    try {
      const family = await atMarkedPrompt(terminal, watch);
      if (family !== undefined) return await this.#byMarks(terminal, family, text, watch);
      if (terminal.lastOutputAt === undefined) await watch.untilOrQuiet(() => terminal.bytes > 0, PROMPT_DUE_MS);
      return (await watch.quiet(QUIET_MS)) ? await this.#byPrompt(terminal, text, watch) : notReady(terminal);
    } finally {
      this.#busy.delete(terminal);
    }
  }

  async #byMarks(terminal: Terminal, family: ShellFamily, command: string, watch: Watch): Promise<Outcome> {
    const bracketedPaste = !isPlain(command) && (await this.#screens.look(terminal)).bracketedPaste;
    watch.forgetMarks();
    const typedAt = terminal.bytes;
    const { keys, lines } = keysFor(command, { family, bracketedPaste });
    const refused = type(terminal, keys);
    if (refused !== undefined) return refused;
    const end = await watch.until(() => endOf(watch.marks));
    // A C after the end belongs to the next command: another client has typed too.
    const begin = watch.marks.find(({ kind, start }) => kind === 'C' && (end === undefined || start < end.start));
    const { text, dropped } = await outputOf(terminal, begin?.end ?? typedAt, end?.start ?? terminal.bytes);
    return executed(terminal, {
      // A command that the shell could not parse never began: its text stands before the error message.
      output: begin === undefined ? withoutEcho(text, lines, terminal.cols) : text,
      done: end !== undefined,
      exitCode: end?.exitCode,
      dropped,
    });
  }

  async #byPrompt(terminal: Terminal, command: string, watch: Watch): Promise<Outcome> {
    const prompt = await this.#prompt(terminal, watch);
    // The program that ran has ended meanwhile.
    if (terminal.marks?.state === 'prompt') return this.#byMarks(terminal, terminal.marks.family, command, watch);
    watch.forgetMarks();
    // When a program runs in a shell with marks, its end is marked.
    const inProgram = terminal.marks?.state === 'running';
    const endMark = () => (inProgram ? endOf(watch.marks, 'begun') : undefined);
    const typedAt = terminal.bytes;
    const lines = command.split('\n');
    for (const [index, line] of lines.entries()) {
      const before = terminal.bytes;
      const refused = type(terminal, line + ENTER);
      if (refused !== undefined) return refused;
      // One by one: many programs echo twice what is typed before they read.
      if (index < lines.length - 1) await this.#answered(terminal, watch, before);
    }
    const end = await this.#promptAgain(terminal, prompt, watch, endMark);
    // When the program has ended without reading what was typed, the shell reads it at its next prompt and runs it.
    const begun = () => watch.marks.find(({ kind }) => kind === 'C');
    if (end === 'mark') {
      await watch.untilOrQuiet(() => terminal.marks?.state === 'prompt' || begun() !== undefined, PROMPT_DUE_MS);
      await watch.quiet(QUIET_MS);
    }
    const own = begun();
    if (end === 'mark' && own !== undefined) return this.#ownOutput(terminal, own, watch);
    const mark = end === 'mark' ? endMark() : undefined;
    const { text, dropped } = await outputOf(terminal, typedAt, mark?.start ?? terminal.bytes);
    const output = withoutEcho(text, lines, terminal.cols);
    return executed(terminal, {
      output: end === 'prompt' ? withoutPrompt(output, prompt) : output,
      done: end !== undefined,
      exitCode: mark?.exitCode,
      dropped,
    });
  }

  async #ownOutput(terminal: Terminal, begin: Mark, watch: Watch): Promise<Outcome> {
    const end = await watch.until(() => endOf(watch.marks.filter(({ start }) => start >= begin.start)));
    const { text, dropped } = await outputOf(terminal, begin.end, end?.start ?? terminal.bytes);
    return executed(terminal, { output: text, done: end !== undefined, exitCode: end?.exitCode, dropped });
  }

  /** The text before the cursor; where there is none, the program is given time to draw its prompt. */
  async #prompt(terminal: Terminal, watch: Watch): Promise<string> {
    for (;;) {
      const seen = terminal.bytes;
      const { beforeCursor } = await this.#screens.look(terminal, seen);
      if (beforeCursor.trim() !== '' || watch.quietMs >= LONG_QUIET_MS || watch.over) return beforeCursor;
      await watch.untilOrQuiet(() => terminal.bytes > seen, LONG_QUIET_MS);
      await watch.quiet(QUIET_MS);
    }
  }

  /** Resolves when the Enter was echoed and it is quiet again. */
  async #answered(terminal: Terminal, watch: Watch, before: number): Promise<void> {
    await watch.until(() => terminal.read(before).data.includes('\n') || undefined);
    await watch.quiet(QUIET_MS);
  }

  /** Resolves to what showed that the command is done; undefined when the wait is over before. */
  async #promptAgain(
    terminal: Terminal,
    prompt: string,
    watch: Watch,
    endMark: () => Mark | undefined,
  ): Promise<'prompt' | 'mark' | undefined> {
    const typedAt = terminal.bytes;
    for (;;) {
      // Before the Enter is echoed, the prompt is the old one.
      await watch.until(() => endMark() ?? (terminal.read(typedAt).data.includes('\n') || undefined));
      const quiet = await watch.quiet(QUIET_MS);
      if (endMark() !== undefined) return 'mark';
      if (!quiet) return undefined;
      const seen = terminal.bytes;
      const line = (await this.#screens.look(terminal, seen)).beforeCursor;
      const found = comparePrompt(prompt, line);
      if (found === 'same' && terminal.bytes === seen) return 'prompt';
      if (found === 'kind' && (await watch.quiet(LONG_QUIET_MS)) && terminal.bytes === seen) return 'prompt';
      if (terminal.bytes === seen) await watch.until(() => terminal.bytes > seen || undefined);
      if (watch.over) return undefined;
    }
  }
}

/** The shell's family when it is at a marked prompt; waits for a prompt that is due. */
async function atMarkedPrompt({ marks }: Terminal, watch: Watch): Promise<ShellFamily | undefined> {
  if (marks === undefined) return undefined;
  const due = () => marks.state === 'unknown' || marks.state === 'between';
  await watch.untilOrQuiet(() => !due(), PROMPT_DUE_MS);
  if (due() && !watch.over) marks.giveUp();
  return marks.state === 'prompt' ? marks.family : undefined;
}

/** The mark that ends the command: its own, or the next prompt where the user has removed the hook for that. */
function endOf(marks: readonly Mark[], state: 'typed' | 'begun' = 'typed'): Mark | undefined {
  const begin = state === 'begun' ? 0 : marks.findIndex(({ kind }) => kind === 'C');
  return marks.find(({ kind }, index) => kind === 'D' || (kind === 'A' && begin !== -1 && index >= begin));
}

function type(terminal: Terminal, keys: string): Outcome | undefined {
  const refused = terminal.input(keys);
  if (refused === undefined) return undefined;
  return fail({ reason: refused === 'exited' ? 'terminal-exited' : 'terminal-input-full' });
}

interface Finding {
  readonly output: string;
  readonly done: boolean;
  readonly exitCode: number | undefined;
  readonly dropped: number;
}

function executed(terminal: Terminal, { output, done, exitCode, dropped }: Finding): Outcome {
  // When the terminal has exited, so has everything in it.
  if (!done && terminal.status === 'exited')
    return ok({ output, status: 'done', exitCode: terminal.exitCode, dropped });
  return ok({ output, status: done ? 'done' : 'running', exitCode, dropped });
}

const notReady = (terminal: Terminal): Outcome =>
  fail({ reason: terminal.status === 'exited' ? 'terminal-exited' : 'terminal-not-ready' });
