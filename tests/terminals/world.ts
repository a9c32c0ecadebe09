/** The terminals room with real PTYs and little programs, on a clock that only moves when told. */
import { mkdirSync } from 'node:fs';
import { createProcesses } from '../../src/platform/process/index.ts';
import { Terminals, type TerminalRequest, type TerminalsOptions } from '../../src/terminals/registry.ts';
import type { ControlFrame, Sink } from '../../src/terminals/sink.ts';
import type { Terminal } from '../../src/terminals/terminal.ts';
import { FakeClock, Sandbox, waitFor } from '../support/sandbox.ts';

export class World implements AsyncDisposable {
  readonly box: Sandbox;
  readonly clock: FakeClock;
  readonly terminals: Terminals;

  private constructor(box: Sandbox, clock: FakeClock, terminals: Terminals) {
    this.box = box;
    this.clock = clock;
    this.terminals = terminals;
  }

  static async open(options: Partial<TerminalsOptions> = {}): Promise<World> {
    const box = new Sandbox();
    const clock = new FakeClock();
    mkdirSync(box.file('home'));
    const terminals = await Terminals.open({
      dataPath: box.file('data'),
      processes: createProcesses(),
      baseEnv: { PATH: Bun.env['PATH'] ?? '', HOME: box.file('home'), SHELL: '/bin/sh', PS1: '$ ' },
      cwd: box.path,
      limits: { kept: 32, socket: 2 },
      keepMs: 0,
      graceMs: 2000,
      clock,
      ...options,
    });
    return new World(box, clock, terminals);
  }

  start(request: Partial<TerminalRequest> = {}): Terminal {
    const opened = this.terminals.open({ kind: 'kept', ...request });
    if (!opened.ok) throw new Error(JSON.stringify(opened.failure));
    return opened.value;
  }

  /** A terminal whose program is one command for `sh`. */
  run(command: string, request: Partial<TerminalRequest> = {}): Terminal {
    return this.start({ shell: 'sh', args: ['-c', command], ...request });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.terminals[Symbol.asyncDispose]();
    this.box[Symbol.dispose]();
  }
}

/** A socket that remembers what it was sent, and has room for as much as it is told. */
export class FakeSocket implements Sink {
  text = '';
  readonly frames: string[] = [];
  readonly controls: ControlFrame[] = [];
  closed: { code: number; reason: string } | undefined;
  /** Frames it takes before it says that it is full. */
  room = Number.POSITIVE_INFINITY;

  output(text: string): boolean {
    this.frames.push(text);
    this.text += text;
    this.room -= 1;
    return this.room > 0;
  }

  control(frame: ControlFrame): boolean {
    this.controls.push(frame);
    return this.room > 0;
  }

  close(code: number, reason: string): void {
    this.closed = { code, reason };
  }

  /** Resolves when that much of the output has come. */
  async shows(part: string): Promise<void> {
    await waitFor(`${JSON.stringify(part)} in ${JSON.stringify(this.text.slice(-500))}`, () =>
      this.text.includes(part),
    );
  }
}
