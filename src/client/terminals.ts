/** Calls about terminals. Where a terminal is named, its id or its name will do. */
import type {
  TerminalDeleted,
  TerminalExecuteAnswer,
  TerminalExecuteRequest,
  TerminalInputAnswer,
  TerminalOutput,
  TerminalResource,
  TerminalRequest,
  TerminalScreen,
  TerminalSize,
} from '../protocol/terminal.ts';
import { TerminalLink, type TerminalLinkOptions } from './terminal-link.ts';
import type { Transport } from './transport.ts';

export interface TerminalOutputOptions {
  /** Offset in bytes, 0 or more. Default: the oldest output that is kept (1 MiB is). */
  readonly since?: number;
  /** Seconds to wait for output beyond it, 0 to 30. Default 0: not at all. */
  readonly waitSeconds?: number;
  /** Aborts the call, which rejects with the reason of the signal. Default: none. */
  readonly signal?: AbortSignal | undefined;
}

/** What the server takes where a request names no timeout. */
const DEFAULT_EXECUTE_SECONDS = 30;

/** Terminals. Where there is none of that id or name, a call rejects with status 404. */
export class TerminalCalls {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Terminals, oldest first. */
  list(signal?: AbortSignal): Promise<TerminalResource[]> {
    return this.#transport.json({ path: '/terminals', repeatable: true, signal });
  }

  /** One terminal. */
  get(terminal: string, signal?: AbortSignal): Promise<TerminalResource> {
    return this.#transport.json({ path: pathOf(terminal), repeatable: true, signal });
  }

  /**
   * Makes one. Not repeated: the answer that was lost may have made it. Rejects with status 400 for a request that is wrong,
   * 409 when the name is taken, or there are too many, 507 when the disk is full.
   */
  open(request: TerminalRequest): Promise<TerminalResource> {
    return this.#transport.json({ path: '/terminals', method: 'POST', body: request });
  }

  /** Ends its program with all it started, and removes it. Not repeated. */
  delete(terminal: string): Promise<TerminalDeleted> {
    return this.#transport.json({ path: pathOf(terminal), method: 'DELETE' });
  }

  /** Types something; Enter is `\r`. At most 1 MiB. Not repeated. Rejects with status 409 when its program has ended. */
  input(terminal: string, data: string): Promise<TerminalInputAnswer> {
    return this.#transport.json({ path: `${pathOf(terminal)}/input`, method: 'POST', body: { data } });
  }

  /** Gives it a size in characters, which is limited to 10 to 500 × 2 to 200. */
  resize(terminal: string, size: TerminalSize): Promise<TerminalResource> {
    return this.#transport.json({ path: `${pathOf(terminal)}/resize`, method: 'POST', body: size, repeatable: true });
  }

  /** A piece of the output; ask again with `since` = `next` to go on. */
  output(terminal: string, { since, waitSeconds = 0, signal }: TerminalOutputOptions = {}): Promise<TerminalOutput> {
    const from = since === undefined ? '' : `&since=${since}`;
    return this.#transport.json({
      path: `${pathOf(terminal)}/output?wait=${waitSeconds}${from}`,
      waitMs: waitSeconds * 1000,
      repeatable: true,
      signal,
    });
  }

  /** The screen as a person sees it. */
  screen(terminal: string): Promise<TerminalScreen> {
    return this.#transport.json({ path: `${pathOf(terminal)}/screen`, repeatable: true });
  }

  /**
   * Types a command and resolves to what it printed, when it has ended or its timeout (0.1 to 3,600 seconds, default 30) is
   * over, or the shell waits for the rest of it. Not repeated. Rejects with status 409, and nothing was typed, while another
   * one is waited for, when something is typed there already (see `clear`), and when the program has ended.
   */
  execute(terminal: string, request: TerminalExecuteRequest, signal?: AbortSignal): Promise<TerminalExecuteAnswer> {
    return this.#transport.json({
      path: `${pathOf(terminal)}/execute`,
      method: 'POST',
      body: request,
      waitMs: (request.timeout ?? DEFAULT_EXECUTE_SECONDS) * 1000,
      signal,
    });
  }

  /**
   * Attaches to it by a socket, over as many connections as it takes: each goes on at the byte where the last one broke.
   * `ended` of the link says how it ended, also that there is no such terminal. Throws a ClientError (`no-websocket`) in
   * Node before version 22 without the option `webSocket`.
   */
  attach(terminal: string, options: TerminalLinkOptions): TerminalLink {
    this.#transport.needSockets();
    const path = `/terminal?attach=${encodeURIComponent(terminal)}`;
    return new TerminalLink((query, signal) => this.#transport.socket(path + query, signal), options);
  }
}

const pathOf = (terminal: string): string => `/terminals/${encodeURIComponent(terminal)}`;
