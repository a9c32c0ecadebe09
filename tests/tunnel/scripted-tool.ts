/** A `devtunnel` that is no process: what it answers is set by the test. */
import { fail, ok, type Result } from '../../src/core/failure.ts';
import type { DevtunnelTool, HostProcess, ToolAnswer, ToolFailure } from '../../src/tunnel/devtunnel/tool.ts';
import type { ManualClock } from '../support/manual-clock.ts';

export const URL_8585 = 'https://abc-8585.euw.devtunnels.ms';
export const HOSTED = [
  'Hosting port: 8585',
  `Connect via browser: https://abc.euw.devtunnels.ms:8585, ${URL_8585}`,
  'Inspect network activity: https://abc-8585-inspect.euw.devtunnels.ms',
  '',
  'Ready to accept connections for tunnel: t',
  '',
].join('\n');

export class ScriptedHost implements HostProcess {
  readonly pid = 1;
  readonly exited: Promise<number | undefined>;
  readonly #exited = Promise.withResolvers<number | undefined>();
  #listener: (text: string) => void = () => {};
  ended = false;

  readonly #printed: string;

  constructor(printed: string) {
    this.#printed = printed;
    this.exited = this.#exited.promise;
  }

  onOutput(listener: (text: string) => void): void {
    this.#listener = listener;
    if (this.#printed !== '') listener(this.#printed);
  }

  print(text: string): void {
    this.#listener(text);
  }

  die(): void {
    this.#exited.resolve(1);
  }

  end(): Promise<void> {
    this.ended = true;
    this.die();
    return Promise.resolve();
  }
}

export class ScriptedTool implements DevtunnelTool {
  readonly calls: string[] = [];
  readonly hosts: ScriptedHost[] = [];
  /** Answers by the beginning of a command line, in place of the usual ones. */
  readonly answers = new Map<string, Partial<ToolAnswer> | ToolFailure>();
  /** What the next hosts print. */
  hosted = HOSTED;
  /** Whether hosts end as soon as they have printed. */
  hostsDie = false;
  /** Seconds that a token holds. */
  lifetime = 86_400;
  tokens = 0;

  readonly #clock: ManualClock;

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  get lastHost(): ScriptedHost {
    const last = this.hosts.at(-1);
    if (last === undefined) throw new Error('nothing was hosted yet');
    return last;
  }

  async run(args: readonly string[]): Promise<Result<ToolAnswer, ToolFailure>> {
    const line = args.join(' ');
    this.calls.push(line);
    await Promise.resolve();
    const answer = this.#answerTo(line);
    if (answer !== undefined) return 'reason' in answer ? fail(answer) : ok({ code: 0, text: '', ...answer });
    return ok({ code: 0, text: args[0] === 'token' ? this.#token() : 'Logged in as someone.' });
  }

  async host(args: readonly string[]): Promise<Result<HostProcess, ToolFailure>> {
    const line = args.join(' ');
    this.calls.push(line);
    await Promise.resolve();
    const answer = this.#answerTo(line);
    if (answer !== undefined && 'reason' in answer) return fail(answer);
    const host = new ScriptedHost(answer?.text ?? this.hosted);
    this.hosts.push(host);
    if (this.hostsDie) host.die();
    return ok(host);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const host of this.hosts) await host.end();
  }

  #answerTo(line: string): Partial<ToolAnswer> | ToolFailure | undefined {
    return [...this.answers].find(([begin]) => line.startsWith(begin))?.[1];
  }

  #token(): string {
    this.tokens += 1;
    const exp = this.#clock.now() / 1000 + this.lifetime;
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    return `Token: ${encode({ alg: 'none' })}.${encode({ exp, n: this.tokens })}.x`;
  }
}
