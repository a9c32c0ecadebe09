/** A PTY whose program does what the test says. */
import type { Pty } from '../../src/platform/pty/pty.ts';
import { Terminal } from '../../src/terminals/terminal.ts';
import { FakeClock, settle } from '../support/sandbox.ts';

const encoder = new TextEncoder();

export class FakePty implements Pty {
  readonly pid = 1;
  readonly sizes: [cols: number, rows: number][] = [];
  readonly written: string[] = [];
  readonly #exited = Promise.withResolvers<number>();
  readonly canPause: boolean;
  paused = false;
  gone = false;
  full = false;
  #output: (data: Uint8Array) => void = () => {};

  constructor(canPause = true) {
    this.canPause = canPause;
  }

  get exited(): Promise<number> {
    return this.#exited.promise;
  }

  print(data: string | Uint8Array): void {
    this.#output(typeof data === 'string' ? encoder.encode(data) : data);
  }

  /** The program ends, and what follows from that has happened. */
  async exit(code: number): Promise<void> {
    this.gone = true;
    this.#exited.resolve(code);
    await settle();
  }

  listen(output: (data: Uint8Array) => void): void {
    this.#output = output;
  }

  write(data: Uint8Array): 'full' | 'gone' | undefined {
    if (this.gone) return 'gone';
    if (this.full) return 'full';
    this.written.push(new TextDecoder().decode(data));
    return undefined;
  }

  resize(cols: number, rows: number): void {
    this.sizes.push([cols, rows]);
  }

  pause(): boolean {
    this.paused = this.canPause;
    return this.paused;
  }

  resume(): void {
    this.paused = false;
  }

  async endTree(): Promise<void> {
    await this.exit(129);
  }

  release(): void {}
}

/** A terminal with such a program in it. */
export function fakeTerminal(pty = new FakePty()): { terminal: Terminal; pty: FakePty; clock: FakeClock } {
  const clock = new FakeClock();
  const size = { cols: 80, rows: 24 };
  const terminal = new Terminal({ id: 'a1b2c3d4e5f6', name: 'fake', kind: 'kept', shell: 'fake', size, clock, pty });
  return { terminal, pty, clock };
}
