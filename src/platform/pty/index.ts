/** Opens terminals, by Bun.Terminal on every system. */
import { codeOf, fail, messageOf, ok, type Result } from '../../core/failure.ts';
import { isDirectory } from '../files/directory.ts';
import { isWindows } from '../os.ts';
import { posixPtySystem } from './posix.ts';
import type { Pty, PtyFailure, PtyRequest, PtySystem, PtyTree } from './pty.ts';
import { windowsPtySystem } from './windows.ts';

/** Bytes that the program has not taken yet, beyond which more input is refused: Bun keeps them without limit. */
export const INPUT_LIMIT = 1024 * 1024;

/** Without an end of the output, how long it has to be quiet to count as drained. */
const QUIET_MS = 30;
/** When a background program prints without a pause: more than a kernel keeps of a PTY, and long enough to read it. */
const MAX_DRAIN_BYTES = 1024 * 1024;
const MAX_DRAIN_MS = 500;

const system: PtySystem = isWindows ? windowsPtySystem : posixPtySystem;

export function openPty(request: PtyRequest): Result<Pty, PtyFailure> {
  const { argv, cwd, env, treeId } = request;
  if (!isDirectory(cwd)) return fail({ reason: 'cwd-missing', cwd });
  const watch = new OutputWatch();
  const input = new InputAccount();
  try {
    const child = Bun.spawn([...argv], {
      cwd,
      env: { ...env, ...system.marks(treeId) },
      terminal: {
        cols: request.cols,
        rows: request.rows,
        data: (_, data) => watch.take(data),
        exit: () => watch.end(),
        drain: () => input.drained(),
      },
    });
    const { terminal } = child;
    if (terminal === undefined) return fail({ reason: 'spawn-refused', detail: 'this system has no terminals' });
    return ok(new BunPty(child, terminal, watch, input, system.take(child.pid, treeId)));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return fail({ reason: 'program-missing', program: argv[0] });
    return fail({ reason: 'spawn-refused', detail: messageOf(error) });
  }
}

class BunPty implements Pty {
  readonly pid: number;
  readonly exited: Promise<number>;
  readonly #child: Bun.Subprocess;
  readonly #terminal: Bun.Terminal;
  readonly #output: OutputWatch;
  readonly #input: InputAccount;
  readonly #tree: PtyTree;
  #state: 'running' | 'draining' | 'closed' = 'running';

  constructor(child: Bun.Subprocess, terminal: Bun.Terminal, output: OutputWatch, input: InputAccount, tree: PtyTree) {
    this.pid = child.pid;
    this.#child = child;
    this.#terminal = terminal;
    this.#output = output;
    this.#input = input;
    this.#tree = tree;
    this.exited = this.#exit();
  }

  listen(output: (data: Uint8Array) => void): void {
    this.#output.output = output;
  }

  write(data: Uint8Array): 'full' | 'gone' | undefined {
    if (this.#state !== 'running') return 'gone';
    if (!this.#input.reserve(data.length)) return 'full';
    this.#terminal.write(data);
    return undefined;
  }

  resize(cols: number, rows: number): void {
    if (this.#state === 'running') this.#terminal.resize(cols, rows);
  }

  pause(): boolean {
    return this.#state === 'running' && this.#tree.setFlow('stop');
  }

  resume(): void {
    if (this.#state === 'running') this.#tree.setFlow('go');
  }

  async endTree(graceMs: number): Promise<void> {
    // What is paused could not print its last words.
    this.resume();
    await this.#tree.end(graceMs);
  }

  release(): void {
    this.#tree.release();
  }

  async #exit(): Promise<number> {
    const code = await this.#child.exited;
    this.#state = 'draining';
    await this.#output.drained();
    this.#state = 'closed';
    // Whoever is left behind in the terminal loses it here, as when a window is closed.
    this.#terminal.close();
    return code;
  }
}

/** Hands output on, and knows when what the program had printed by its end has come through. */
class OutputWatch {
  readonly #end = Promise.withResolvers<void>();
  #state: 'open' | 'ended' | 'closed' = 'open';
  #bytes = 0;

  output: ((data: Uint8Array) => void) | undefined;

  take(data: Uint8Array): void {
    this.#bytes += data.length;
    if (this.#state !== 'closed') this.output?.(data);
  }

  end(): void {
    this.#state = 'ended';
    this.#end.resolve();
  }

  /**
   * The end of the output says so exactly. It does not come while a background process holds the terminal
   * open: then a time without output has to do, and one that prints without end is not waited for.
   */
  async drained(): Promise<void> {
    const deadline = performance.now() + MAX_DRAIN_MS;
    const most = this.#bytes + MAX_DRAIN_BYTES;
    for (let before = -1; this.#state === 'open' && before !== this.#bytes;) {
      if (this.#bytes > most || performance.now() > deadline) break;
      before = this.#bytes;
      await Promise.race([this.#end.promise, Bun.sleep(QUIET_MS)]);
      // A timer that is late comes before what is there to be read: one more round of the event loop reads it.
      if (this.#state === 'open') await new Promise<void>((resolve) => setImmediate(resolve));
    }
    this.#state = 'closed';
  }
}

/** Counts what was written and not yet taken; Bun tells when everything has been. */
class InputAccount {
  #waiting = 0;

  reserve(bytes: number): boolean {
    if (this.#waiting + bytes > INPUT_LIMIT) return false;
    this.#waiting += bytes;
    return true;
  }

  drained(): void {
    this.#waiting = 0;
  }
}
