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
  /** Offset in bytes. Default: the oldest output that is kept. */
  readonly since?: number;
  /** Seconds to wait for output beyond it, at most 30. */
  readonly waitSeconds?: number;
  readonly signal?: AbortSignal | undefined;
}

/** What the server takes where a request names no timeout. */
const DEFAULT_EXECUTE_SECONDS = 30;

export class TerminalCalls {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Oldest first. */
  list(signal?: AbortSignal): Promise<TerminalResource[]> {
    return this.#transport.json({ path: '/terminals', repeatable: true, signal });
  }

  /** Rejects with status 404 when there is no such terminal. */
  get(terminal: string, signal?: AbortSignal): Promise<TerminalResource> {
    return this.#transport.json({ path: pathOf(terminal), repeatable: true, signal });
  }

  /** Makes one. Not repeated: the answer that was lost may have made it. */
  open(request: TerminalRequest): Promise<TerminalResource> {
    return this.#transport.json({ path: '/terminals', method: 'POST', body: request });
  }

  /** Ends its program with all it started, and forgets it. */
  delete(terminal: string): Promise<TerminalDeleted> {
    return this.#transport.json({ path: pathOf(terminal), method: 'DELETE' });
  }

  /** Types something; Enter is `\r`. */
  input(terminal: string, data: string): Promise<TerminalInputAnswer> {
    return this.#transport.json({ path: `${pathOf(terminal)}/input`, method: 'POST', body: { data } });
  }

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

  screen(terminal: string): Promise<TerminalScreen> {
    return this.#transport.json({ path: `${pathOf(terminal)}/screen`, repeatable: true });
  }

  /** Types a command and resolves to what it printed, when it has ended or its timeout is over. */
  execute(terminal: string, request: TerminalExecuteRequest, signal?: AbortSignal): Promise<TerminalExecuteAnswer> {
    return this.#transport.json({
      path: `${pathOf(terminal)}/execute`,
      method: 'POST',
      body: request,
      waitMs: (request.timeout ?? DEFAULT_EXECUTE_SECONDS) * 1000,
      signal,
    });
  }

  /** Attaches to it by a socket, over as many connections as it takes; see `TerminalLink`. */
  attach(terminal: string, options: TerminalLinkOptions): TerminalLink {
    const path = `/terminal?attach=${encodeURIComponent(terminal)}`;
    return new TerminalLink((query, signal) => this.#transport.socket(path + query, signal), options);
  }
}

const pathOf = (terminal: string): string => `/terminals/${encodeURIComponent(terminal)}`;
