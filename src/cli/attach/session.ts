/**
 * The user's own terminal while it is attached to one on the server: input goes there, output comes back.
 *
 *   attached ──detach key, end of input──▶ detached   (the terminal keeps running)
 *      ├──SIGINT, SIGTERM, SIGHUP────────▶ signal     (likewise)
 *      ├──its program ends───────────────▶ ended
 *      └──the server no longer has it────▶ refused
 *
 * In every case the user's own terminal is afterwards as it was before.
 */
import { messageOf } from '../../core/failure.ts';
import { TerminalState } from '../../core/terminal-state/terminal-state.ts';
import type { Client } from '../../client/client.ts';
import type { TerminalLink, TerminalLinkListener } from '../../client/terminal-link.ts';
import { enterRawMode } from '../../platform/console/index.ts';
import type { TerminalResource } from '../../protocol/terminal.ts';
import type { DetachKey } from './detach-key.ts';
import { Replay } from './replay.ts';
import { Interrupts } from '../interrupts.ts';
import { writeNow } from '../output.ts';

const CTRL_C = '\u0003';
/** A shell that has printed something and then nothing for this long is taken to be at its prompt. */
const PROMPT_QUIET_MS = 100;

export interface SessionOptions {
  readonly key: DetachKey;
  readonly readonly: boolean;
  /** Typed when the shell is at its prompt. */
  readonly command: string | undefined;
}

export type SessionEnd =
  | { readonly how: 'detached' }
  | { readonly how: 'ended'; readonly exitCode: number }
  | { readonly how: 'refused'; readonly message: string }
  | { readonly how: 'signal'; readonly exitCode: number };

/** Resolves when the user is no longer attached. */
export async function runAttached(
  client: Client,
  terminal: TerminalResource,
  options: SessionOptions,
): Promise<SessionEnd> {
  using screen = new LocalScreen();
  const session = new AttachSession(screen, options);
  using link = client.terminals.attach(terminal.id, { listener: session, readonly: options.readonly });
  using _keys = session.sendKeys(link);
  using interrupts = new Interrupts();
  const signal = interrupts.first.then((exitCode): SessionEnd => ({ how: 'signal', exitCode }));
  const over = link.ended.then((end): SessionEnd => {
    if (end.how === 'exited') return { how: 'ended', exitCode: end.exitCode };
    return end.how === 'refused' ? { how: 'refused', message: end.message } : { how: 'detached' };
  });
  return await Promise.race([session.detached, over, signal]);
}

/** The user's own terminal, which is restored at the end. */
class LocalScreen implements Disposable {
  #state = new TerminalState();
  readonly isTerminal = process.stdout.isTTY;

  show(output: string): void {
    if (this.isTerminal) this.#state.take(output);
    writeNow('stdout', output);
  }

  /** Whether a program uses the alternate screen. */
  get alternate(): boolean {
    return this.#state.alternate;
  }

  /** Undoes what the output has set. */
  restore(): void {
    if (this.isTerminal) writeNow('stdout', this.#state.undo(process.stdout.columns));
    this.#state = new TerminalState();
  }

  /** A message within the output; on the last line while a program uses the alternate screen. */
  notice(text: string): void {
    const line = `[agent-server: ${text}]`;
    if (!this.isTerminal) writeNow('stderr', `${line}\n`);
    else if (this.alternate) writeNow('stdout', `\u001b7\u001b[999;1H\u001b[7m${line}\u001b[0m\u001b[K\u001b8`);
    else writeNow('stdout', `\r\n\u001b[7m${line}\u001b[0m\r\n`);
  }

  get size(): { readonly cols: number; readonly rows: number } | undefined {
    const { columns, rows } = process.stdout;
    return this.isTerminal && columns > 0 && rows > 0 ? { cols: columns, rows } : undefined;
  }

  [Symbol.dispose](): void {
    if (!this.isTerminal) return;
    try {
      this.restore();
      writeNow('stdout', '\r\n');
    } catch {
      // The terminal is gone, so there is nothing to restore.
    }
  }
}

class AttachSession implements TerminalLinkListener {
  readonly detached: Promise<SessionEnd>;
  readonly #detached = Promise.withResolvers<SessionEnd>();
  readonly #screen: LocalScreen;
  readonly #options: SessionOptions;
  #link: TerminalLink | undefined;
  /** Undefined once the output is new. */
  #replay: Replay | undefined;
  /** What is shown may lack what a program has drawn before. */
  #isPartial = false;
  #command: string | undefined;
  #settled: ReturnType<typeof setTimeout> | undefined;

  constructor(screen: LocalScreen, options: SessionOptions) {
    this.detached = this.#detached.promise;
    this.#screen = screen;
    this.#options = options;
    this.#command = options.command;
  }

  attached({ since, lost, again }: Parameters<TerminalLinkListener['attached']>[0]): void {
    this.#guarded(() => {
      this.#sendSize(false);
      this.#isPartial = again || since > 0;
      this.#screen.show(this.#replay?.end() ?? '');
      this.#replay = new Replay();
      if (lost > 0) this.#screen.restore();
      if (again) this.#screen.notice(lost > 0 ? `reconnected; ${lost} bytes of output were lost` : 'reconnected');
    });
  }

  output(text: string): void {
    this.#guarded(() => this.#screen.show(this.#replay?.take(text) ?? text));
    if (this.#command === undefined) return;
    clearTimeout(this.#settled);
    this.#settled = setTimeout(() => this.#typeCommand(), PROMPT_QUIET_MS);
  }

  live(): void {
    const rest = this.#replay?.end() ?? '';
    this.#replay = undefined;
    this.#guarded(() => {
      this.#screen.show(rest);
      if (this.#isPartial && this.#screen.alternate) this.#sendSize(true);
    });
  }

  broken(): void {
    const what = this.#options.readonly ? '' : '; input is not sent meanwhile';
    this.#guarded(() =>
      this.#screen.notice(`connection lost, reconnecting${what}; press ${this.#options.key.name} to detach`),
    );
  }

  complained(message: string): void {
    this.#guarded(() => this.#screen.notice(message));
  }

  /** Sends what is typed to the terminal, until it is disposed of. */
  sendKeys(link: TerminalLink): Disposable {
    this.#link = link;
    const { stdin, stdout } = process;
    const decoder = new TextDecoder();
    const onData = (bytes: Uint8Array) => this.#typed(decoder.decode(bytes, { stream: true }));
    const onEnd = () => this.#detached.resolve({ how: 'detached' });
    const onResize = () => this.#sendSize(false);
    stdout.on('resize', onResize);
    // With --readonly there need not be a keyboard, as in a script.
    const keyboard = stdin.isTTY;
    const raw = keyboard ? enterRawMode() : undefined;
    if (keyboard) {
      stdin.on('data', onData);
      stdin.on('end', onEnd);
      stdin.resume();
    }
    return {
      [Symbol.dispose]: () => {
        clearTimeout(this.#settled);
        stdout.off('resize', onResize);
        if (!keyboard) return;
        stdin.off('data', onData);
        stdin.off('end', onEnd);
        stdin.pause();
        raw?.[Symbol.dispose]();
      },
    };
  }

  #typed(text: string): void {
    const { key, readonly } = this.#options;
    const at = key.indexIn(text);
    if (readonly) {
      if (at !== undefined || text.includes(CTRL_C)) this.#detached.resolve({ how: 'detached' });
      return;
    }
    const before = at === undefined ? text : text.slice(0, at);
    if (before !== '') this.#link?.input(before);
    if (at !== undefined) this.#detached.resolve({ how: 'detached' });
  }

  #typeCommand(): void {
    if (this.#command !== undefined && this.#link?.input(`${this.#command}\r`) === true) this.#command = undefined;
  }

  /** A program on the alternate screen draws it again when the size changes. */
  #sendSize(redraw: boolean): void {
    const { size } = this.#screen;
    if (size === undefined || this.#options.readonly) return;
    if (redraw) this.#link?.resize(size.cols, size.rows - 1);
    this.#link?.resize(size.cols, size.rows);
  }

  /** An exception in an event handler of the socket would end the process and leave the terminal in raw mode. */
  #guarded(write: () => void): void {
    try {
      write();
    } catch (error) {
      this.#detached.reject(error instanceof Error ? error : new Error(messageOf(error)));
    }
  }
}
