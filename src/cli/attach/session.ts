/**
 * Somebody at a terminal of ours, from his own: what he types goes there, what it prints comes here.
 *
 *   looking ──detach key, signal, end of input──▶ left      (the terminal goes on)
 *      ├──the program ends──▶ ended
 *      └──no such terminal any more──▶ refused
 *
 * However it ends, his own terminal is as it was before.
 */
import { messageOf } from '../../core/failure.ts';
import type { Client } from '../../client/client.ts';
import type { TerminalLink, TerminalLinkListener } from '../../client/terminal-link.ts';
import { enterRawMode } from '../../platform/console/raw-mode.ts';
import type { TerminalResource } from '../../protocol/terminal.ts';
import type { DetachKey } from './detach-key.ts';
import { ProgramModes } from './modes.ts';
import { Replay } from './replay.ts';
import { Interrupts } from '../interrupts.ts';
import { writeNow } from '../output.ts';

const CTRL_C = '\u0003';
/** A shell that has printed and then is quiet for so long reads what is typed. */
const SETTLED_MS = 100;

export interface SessionOptions {
  readonly key: DetachKey;
  readonly readonly: boolean;
  /** Typed when the shell is ready. */
  readonly command: string | undefined;
}

export type SessionEnd =
  | { readonly how: 'left' }
  | { readonly how: 'ended'; readonly exitCode: number }
  | { readonly how: 'refused'; readonly message: string }
  | { readonly how: 'signal'; readonly exitCode: number };

export async function lookAt(client: Client, terminal: TerminalResource, options: SessionOptions): Promise<SessionEnd> {
  using screen = new OwnScreen();
  const session = new AttachSession(screen, options);
  using link = client.terminals.attach(terminal.id, { listener: session, readonly: options.readonly });
  using _keys = session.takeKeys(link);
  using interrupts = new Interrupts();
  const signal = interrupts.first.then((exitCode): SessionEnd => ({ how: 'signal', exitCode }));
  const over = link.ended.then((end): SessionEnd => {
    if (end.how === 'exited') return { how: 'ended', exitCode: end.exitCode };
    return end.how === 'refused' ? { how: 'refused', message: end.message } : { how: 'left' };
  });
  return await Promise.race([session.left, over, signal]);
}

/** The terminal of the user, put back when it is left. */
class OwnScreen implements Disposable {
  readonly modes = new ProgramModes();
  readonly isTerminal = process.stdout.isTTY;

  show(output: string): void {
    if (this.isTerminal) this.modes.follow(output);
    writeNow('stdout', output);
  }

  /** A line of ours between the output; on its last line where a program has the whole screen. */
  notice(text: string): void {
    const line = `[agent-server: ${text}]`;
    if (!this.isTerminal) writeNow('stderr', `${line}\n`);
    else if (this.modes.alternate) writeNow('stdout', `\u001b7\u001b[999;1H\u001b[7m${line}\u001b[0m\u001b[K\u001b8`);
    else writeNow('stdout', `\r\n\u001b[7m${line}\u001b[0m\r\n`);
  }

  get size(): { readonly cols: number; readonly rows: number } | undefined {
    const { columns, rows } = process.stdout;
    return this.isTerminal && columns > 0 && rows > 0 ? { cols: columns, rows } : undefined;
  }

  [Symbol.dispose](): void {
    if (!this.isTerminal) return;
    try {
      writeNow('stdout', `${this.modes.undo}\r\n`);
    } catch {
      // Nobody looks any more.
    }
  }
}

class AttachSession implements TerminalLinkListener {
  readonly left: Promise<SessionEnd>;
  readonly #leaving = Promise.withResolvers<SessionEnd>();
  readonly #screen: OwnScreen;
  readonly #options: SessionOptions;
  #link: TerminalLink | undefined;
  #replay = new Replay(0);
  #command: string | undefined;
  #settled: ReturnType<typeof setTimeout> | undefined;

  constructor(screen: OwnScreen, options: SessionOptions) {
    this.left = this.#leaving.promise;
    this.#screen = screen;
    this.#options = options;
    this.#command = options.command;
  }

  attached({ since, next, lost, again }: Parameters<TerminalLinkListener['attached']>[0]): void {
    this.#guarded(() => {
      this.#sendSize(again && this.#screen.modes.alternate);
      this.#replay = new Replay(next - since);
      if (again)
        this.#screen.notice(lost > 0 ? `connected again; ${lost} bytes of output are lost` : 'connected again');
    });
  }

  output(text: string): void {
    this.#guarded(() => this.#screen.show(this.#replay.take(text)));
    if (this.#command === undefined) return;
    clearTimeout(this.#settled);
    this.#settled = setTimeout(() => this.#typeCommand(), SETTLED_MS);
  }

  broken(): void {
    const what = this.#options.readonly ? '' : '; what is typed now is not sent';
    this.#guarded(() => this.#screen.notice(`connection lost, trying again${what}; ${this.#options.key.name} leaves`));
  }

  complained(message: string): void {
    this.#guarded(() => this.#screen.notice(message));
  }

  /** From now on the keyboard is the terminal's; disposing gives it back. */
  takeKeys(link: TerminalLink): Disposable {
    this.#link = link;
    const { stdin, stdout } = process;
    const decoder = new TextDecoder();
    const onData = (bytes: Uint8Array) => this.#typed(decoder.decode(bytes, { stream: true }));
    const onEnd = () => this.#leaving.resolve({ how: 'left' });
    const onResize = () => this.#sendSize(false);
    stdout.on('resize', onResize);
    // One who only looks may do that without a keyboard, as in a script.
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
      if (at !== undefined || text.includes(CTRL_C)) this.#leaving.resolve({ how: 'left' });
      return;
    }
    const before = at === undefined ? text : text.slice(0, at);
    if (before !== '') this.#link?.input(before);
    if (at !== undefined) this.#leaving.resolve({ how: 'left' });
  }

  #typeCommand(): void {
    if (this.#command !== undefined && this.#link?.input(`${this.#command}\r`) === true) this.#command = undefined;
  }

  /** A size that changes makes a program draw its screen again. */
  #sendSize(drawAgain: boolean): void {
    const { size } = this.#screen;
    if (size === undefined || this.#options.readonly) return;
    if (drawAgain) this.#link?.resize(size.cols, size.rows - 1);
    this.#link?.resize(size.cols, size.rows);
  }

  /** Within the event of a socket an exception would end the process, and leave the keyboard raw. */
  #guarded(write: () => void): void {
    try {
      write();
    } catch (error) {
      this.#leaving.reject(error instanceof Error ? error : new Error(messageOf(error)));
    }
  }
}
