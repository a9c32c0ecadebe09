/** Calls about the processes of the machine. */
import type { SignalAnswer } from '../protocol/job.ts';
import type { ProcessTree } from '../protocol/process-tree.ts';
import type { ProcessResource, ProcessSignalRequest } from '../protocol/processes.ts';
import type { Transport } from './transport.ts';

export interface ProcessesOptions {
  /** Also those that are no job's. Default: those that jobs have started. */
  readonly all?: boolean;
  /** Those that another one of the list has started are in its `children`. Default: one flat list. */
  readonly tree?: boolean;
  /** `cpu` and `memory`: the most first. Default: by `pid`. */
  readonly sort?: 'cpu' | 'memory' | 'pid' | 'name' | 'startedAt';
  /** At most so many, 1 to 10000. Default 500. */
  readonly limit?: number;
  /** Aborts the call, which rejects with the reason of the signal. Default: none. */
  readonly signal?: AbortSignal | undefined;
}

/** Processes of the machine. Looking needs the scope `observe`, a signal `run`; else a call rejects with status 403. */
export class ProcessCalls {
  readonly #transport: Transport;

  /** Made by the Client. */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Those that jobs have started, or all. Who asks first waits half a second. */
  list({ all, tree, sort, limit, signal }: ProcessesOptions = {}): Promise<ProcessTree> {
    const query = new URLSearchParams({
      ...(all === true && { all: '1' }),
      ...(tree === true && { tree: '1' }),
      ...(sort !== undefined && { sort }),
      ...(limit !== undefined && { limit: String(limit) }),
    }).toString();
    return this.#transport.json({ path: `/processes${query === '' ? '' : `?${query}`}`, repeatable: true, signal });
  }

  /** One of them, also one that has ended and was a job's. Rejects with status 404 when there is none of that number. */
  get(pid: number, signal?: AbortSignal): Promise<ProcessResource> {
    return this.#transport.json({ path: `/processes/${pid}`, repeatable: true, signal });
  }

  /**
   * Sends a signal to that process alone, which `startTime` of its record marks. Not repeated. Rejects with status 404 when
   * there is none of that number, 409 when it is another one by now, 403 when it may not be signalled, 400 for a signal that
   * the machine does not know, 428 without the mark.
   */
  signal(pid: number, request: ProcessSignalRequest): Promise<SignalAnswer> {
    return this.#transport.json({ path: `/processes/${pid}/signal`, method: 'POST', body: request });
  }
}
