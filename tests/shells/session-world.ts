/** A session with simulated shells, which start when the test allows it and record what they are given. */
import { readFileSync } from 'node:fs';
import type { FreshShell, ShellFactory } from '../../src/shells/factory.ts';
import { ShellSession, type SessionCommand, type SessionEnd } from '../../src/shells/session.ts';
import type { CommandEnd, CommandFiles } from '../../src/shells/shell-process.ts';
import { FakeClock, Sandbox } from '../support/sandbox.ts';

export class SessionWorld implements Disposable {
  readonly box = new Sandbox();
  /** What shells were given: `seed`, `bootstrap TEXT`, or the name of a command. */
  readonly given: string[] = [];
  /** Settles the start of every shell. */
  started = Promise.withResolvers<FreshShell>();
  ended = 0;
  interrupted = 0;
  /** What becomes of a text that a shell is given. */
  answer: (name: string) => CommandEnd | Promise<CommandEnd> = () => ({ how: 'finished', exitCode: 0 });
  readonly session: ShellSession;

  constructor(fresh = () => this.started.promise) {
    const kind = {
      name: 'sh' as const,
      path: '/bin/sh',
      start: () => Promise.reject(new Error()),
      seedText: () => 'x',
      canSet: () => true,
    };
    this.session = new ShellSession({
      key: 'k',
      kind,
      seed: { workdir: '/', env: {} },
      factory: { fresh } as unknown as ShellFactory,
      clock: new FakeClock(),
      graceMs: 0,
    });
  }

  shell(): FreshShell {
    const run = async ({ text }: CommandFiles): Promise<CommandEnd> => {
      const name = text.slice(this.box.path.length + 1);
      this.given.push(name === 'bootstrap' ? `bootstrap ${readFileSync(text, 'utf8')}` : name);
      return this.answer(name);
    };
    const interrupt = async () => (this.interrupted += 1) > 0;
    const input = { write: async () => undefined, end() {}, [Symbol.dispose]() {} };
    return {
      shell: { process: { identity: { pid: 1, startTime: '' } }, run, interrupt, openInput: () => input },
      seed: { workdir: '/', env: {} },
      gone: () => false,
      end: async () => void (this.ended += 1),
    } as unknown as FreshShell;
  }

  async begin(text: string, signal = new AbortController().signal, more: Partial<SessionCommand> = {}) {
    return this.#beginIn(this.session, text, signal, more);
  }

  async run(...request: Parameters<SessionWorld['begin']>): Promise<SessionEnd> {
    return (await this.begin(...request)).ended;
  }

  /** A command in a session of somebody else. */
  async runIn(session: ShellSession, text: string): Promise<SessionEnd> {
    return (await this.#beginIn(session, text, new AbortController().signal, {})).ended;
  }

  async #beginIn(session: ShellSession, text: string, signal: AbortSignal, more: Partial<SessionCommand>) {
    const path = (name: string) => this.box.file(name);
    const files = { text: path(text), stdin: path('in'), stdout: path('out'), stderr: path('err') };
    const command = { files, scratch: path, begin() {}, bootstrap: undefined, ...more };
    const started = await session.start(command, signal, async () => {});
    if (!started.ok) throw new Error(started.failure.reason);
    return started.value;
  }

  /** What the session has told on stderr. */
  get told(): Promise<string> {
    return Bun.file(this.box.file('err')).text();
  }

  [Symbol.dispose](): void {
    this.box[Symbol.dispose]();
  }
}
