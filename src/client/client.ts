/**
 * A typed client of this server's HTTP API, for the command line, the console's page and other programs. It uses nothing
 * but Web APIs, so it runs in Bun, Node, Deno and browsers alike.
 *
 * Every method rejects with a ClientError when it does not succeed, or with the reason of the signal that aborted it.
 * What may be repeated is repeated while a server that has answered before is away; a submission is safe to repeat
 * because it carries an Idempotency-Key.
 */
import type { ExecRequest } from '../protocol/exec.ts';
import type { Health } from '../protocol/health.ts';
import type { Accepted, CancelAnswer, InputAnswer, InputRequest, JobResource, NudgeAnswer } from '../protocol/job.ts';
import type { SessionDeleted, SessionResource } from '../protocol/session.ts';
import { AgentCalls } from './agents.ts';
import { followJob, type JobEvent, type JobOutputEvent, type OutputStream } from './follow.ts';
import { KeyCalls } from './keys.ts';
import type { FollowOptions } from './numbered-events.ts';
import { bytesOfEvent, readOutput, type OutputRange } from './output.ts';
import { TerminalCalls } from './terminals.ts';
import { Transport, type ClientOptions } from './transport.ts';
import { UpdateCalls } from './update.ts';

export type { ClientOptions };

export interface ExecOptions {
  /** Submissions under one key within 24 h are one job. Default: a new key. */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
}

export interface JobOptions {
  /** `stdout` and `stderr` hold the last N lines. */
  readonly tailLines?: number;
  /** Seconds to wait for the job's end before answering, at most 30. */
  readonly waitSeconds?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface JobsOptions {
  /** At most so many, newest first. Default 20. */
  readonly limit?: number;
  /** Only jobs submitted before the job of this id. */
  readonly before?: string;
  readonly status?: JobResource['status'];
  readonly tailLines?: number;
  readonly signal?: AbortSignal | undefined;
}

/** What a caller without the key gets. */
export type HealthAnswer = Health | { readonly status: 'ok'; readonly authenticated: false };

const MAX_WAIT_SECONDS = 30;
const MAX_PAGE_SIZE = 100;

export class Client {
  readonly agents: AgentCalls;
  readonly keys: KeyCalls;
  readonly terminals: TerminalCalls;
  readonly update: UpdateCalls;
  readonly #transport: Transport;

  constructor(options: ClientOptions) {
    this.#transport = new Transport(options);
    this.agents = new AgentCalls(this.#transport);
    this.keys = new KeyCalls(this.#transport);
    this.terminals = new TerminalCalls(this.#transport);
    this.update = new UpdateCalls(this.#transport);
  }

  get url(): string {
    return this.#transport.url;
  }

  health(): Promise<HealthAnswer> {
    return this.#transport.json({ path: '/health', repeatable: true });
  }

  /** Submits a command; the answer holds the job's id. */
  exec(request: ExecRequest, { idempotencyKey = newIdempotencyKey(), signal }: ExecOptions = {}): Promise<Accepted> {
    return this.#transport.json({
      path: '/exec',
      method: 'POST',
      body: request,
      headers: { 'idempotency-key': idempotencyKey },
      repeatable: true,
      signal,
    });
  }

  job(id: string, { tailLines, waitSeconds, signal }: JobOptions = {}): Promise<JobResource> {
    return this.#transport.json({
      path: `${pathOf(id)}${query({ tailLines, wait: waitSeconds })}`,
      repeatable: true,
      waitMs: (waitSeconds ?? 0) * 1000,
      signal,
    });
  }

  /** Newest first; asks for as many pages as it takes. */
  async jobs({ limit = 20, before, status, tailLines, signal }: JobsOptions = {}): Promise<JobResource[]> {
    const found: JobResource[] = [];
    while (found.length < limit) {
      const size = Math.min(limit - found.length, MAX_PAGE_SIZE);
      const path = `/jobs${query({ limit: size, before: found.at(-1)?.jobId ?? before, status, tailLines })}`;
      const page = await this.#transport.json<JobResource[]>({ path, repeatable: true, signal });
      found.push(...page);
      if (page.length < size) break;
    }
    return found;
  }

  /** Resolves to the finished job, however long it takes. */
  async wait(id: string, { tailLines, signal }: Omit<JobOptions, 'waitSeconds'> = {}): Promise<JobResource> {
    for (;;) {
      const job = await this.job(id, {
        waitSeconds: MAX_WAIT_SECONDS,
        signal,
        ...(tailLines !== undefined && { tailLines }),
      });
      if (isFinished(job)) return job;
    }
  }

  /** The job's events from the first one, as they come, to its end; see `followJob`. */
  follow(id: string, options: FollowOptions = {}): AsyncGenerator<JobEvent> {
    return followJob(this.#transport, id, options);
  }

  /** The raw bytes of a stream as far as it has come, or a range of them. */
  output(id: string, stream: OutputStream, range: OutputRange = {}): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    return readOutput(this.#transport, id, stream, range);
  }

  /** The bytes of an output event, also of those that were not UTF-8. */
  bytesOf(id: string, event: JobOutputEvent): Promise<Uint8Array> {
    return bytesOfEvent(this.#transport, id, event);
  }

  /** Resolves when the input is in the job's pipe, which a job that reads slowly can delay without limit. */
  input(id: string, request: InputRequest, signal?: AbortSignal): Promise<InputAnswer> {
    // What would be written twice is not repeated; an end of input that was there already changes nothing.
    const repeatable = (request.data ?? '') === '' && (request.dataBase64 ?? '') === '';
    return this.#transport.json({
      path: `${pathOf(id)}/input`,
      method: 'POST',
      body: request,
      waitMs: Infinity,
      repeatable,
      signal,
    });
  }

  /** Writes a newline to the job's standard input. */
  nudge(id: string): Promise<NudgeAnswer> {
    return this.#transport.json({ path: `${pathOf(id)}/nudge`, method: 'POST' });
  }

  /** Begins to end the job with all it started; `wait` resolves when that is done. */
  cancel(id: string): Promise<CancelAnswer> {
    return this.#transport.json({ path: `${pathOf(id)}/cancel`, method: 'POST', repeatable: true });
  }

  /** Persistent shell sessions, sorted by key. */
  sessions(signal?: AbortSignal): Promise<SessionResource[]> {
    return this.#transport.json({ path: '/sessions', repeatable: true, signal });
  }

  /** One session; rejects with status 404 when there is none of that key. */
  session(key: string): Promise<SessionResource> {
    return this.#transport.json({ path: sessionPath(key), repeatable: true });
  }

  /** Ends a session's shell with all it started; resolves when that is done. */
  deleteSession(key: string): Promise<SessionDeleted> {
    // Not repeated: by then the session of that key may be somebody's new one.
    return this.#transport.json({ path: sessionPath(key), method: 'DELETE' });
  }
}

export const isFinished = ({ status }: Pick<JobResource, 'status'>): boolean =>
  status !== 'pending' && status !== 'running';

/** `crypto.randomUUID` is missing on a page that came over plain HTTP, and `toHex` in many browsers. */
const newIdempotencyKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

const sessionPath = (key: string): string => `/sessions/${encodeURIComponent(key)}`;
const pathOf = (id: string): string => `/jobs/${encodeURIComponent(id)}`;

function query(parameters: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return given.length === 0 ? '' : `?${given.join('&')}`;
}
