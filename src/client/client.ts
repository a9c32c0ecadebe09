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
import type {
  Accepted,
  CancelAnswer,
  InputAnswer,
  InputRequest,
  JobResource,
  NudgeAnswer,
  SignalAnswer,
  SignalRequest,
} from '../protocol/job.ts';
import type { SessionDeleted, SessionResource } from '../protocol/session.ts';
import type { Timeline } from '../protocol/timeline.ts';
import { AgentCalls } from './agents.ts';
import { AuditCalls } from './audit.ts';
import { FileCalls } from './files.ts';
import { followJob, type JobEvent, type JobOutputEvent, type OutputStream } from './follow.ts';
import type { JobsOptions, TimelineOptions } from './job-options.ts';
import { KeyCalls } from './keys.ts';
import type { FollowOptions } from './numbered-events.ts';
import type { ClientOptions } from './options.ts';
import { bytesOfEvent, readOutput, type OutputRange } from './output.ts';
import { PortCalls } from './ports.ts';
import { ProcessCalls } from './processes.ts';
import { RegistrationCalls } from './registration.ts';
import { SystemCalls } from './system.ts';
import { TerminalCalls } from './terminals.ts';
import { Transport } from './transport.ts';
import { UpdateCalls } from './update.ts';

export type { ClientOptions, JobsOptions, TimelineOptions };

export interface ExecOptions {
  /** Submissions under one key within 24 hours are one job. 1 to 255 characters of ASCII. Default: a new key. */
  readonly idempotencyKey?: string;
  /** Aborts the call, which rejects with the reason of the signal. Default: none. */
  readonly signal?: AbortSignal;
}

export interface JobOptions {
  /** `stdout` and `stderr` hold at most so many lines, the last ones; 0: none. Default: as much as the record holds. */
  readonly tailLines?: number;
  /** Seconds to wait for the job's end before answering, 0 to 30. Default 0: not at all. */
  readonly waitSeconds?: number;
  /** Aborts the call, which rejects with the reason of the signal. Default: none. */
  readonly signal?: AbortSignal | undefined;
}

/** What the server says of itself; a caller without the key gets the short answer. `authenticated` tells them apart. */
export type HealthAnswer = Health | { readonly status: 'ok'; readonly authenticated: false };

/** A job of mode `acp`: a prompt in place of a command. */
export type AcpRequest = Omit<ExecRequest, 'command' | 'mode'> & { readonly mode: 'acp' };

/** A job of mode `process`: a program and its arguments in place of a command. */
export type ProcessRequest = Omit<ExecRequest, 'command' | 'mode' | 'argv'> & {
  readonly mode: 'process';
  readonly argv: readonly [program: string, ...args: string[]];
};

const MAX_WAIT_SECONDS = 30;
const MAX_PAGE_SIZE = 100;

export class Client {
  /** Calls about agents and their sessions. */
  readonly agents: AgentCalls;
  /** Calls about the audit log. */
  readonly audit: AuditCalls;
  /** Calls about files of the machine. */
  readonly files: FileCalls;
  /** Calls about the registration with a dashboard. */
  readonly registration: RegistrationCalls;
  /** Calls about API keys. */
  readonly keys: KeyCalls;
  /** Calls about the machine. */
  readonly system: SystemCalls;
  /** Calls about the ports of the machine. */
  readonly ports: PortCalls;
  /** Calls about the processes of the machine. */
  readonly processes: ProcessCalls;
  /** Calls about terminals. */
  readonly terminals: TerminalCalls;
  /** Calls about self-update. */
  readonly update: UpdateCalls;
  readonly #transport: Transport;

  /** Asks nothing of the server yet. Throws a ClientError (`key-unusable`) for a key that no header can hold. */
  constructor(options: ClientOptions) {
    this.#transport = new Transport(options);
    this.agents = new AgentCalls(this.#transport);
    this.audit = new AuditCalls(this.#transport);
    this.files = new FileCalls(this.#transport);
    this.registration = new RegistrationCalls(this.#transport);
    this.keys = new KeyCalls(this.#transport);
    this.system = new SystemCalls(this.#transport);
    this.ports = new PortCalls(this.#transport);
    this.processes = new ProcessCalls(this.#transport);
    this.terminals = new TerminalCalls(this.#transport);
    this.update = new UpdateCalls(this.#transport);
  }

  /** Address of the server, without a slash at its end. */
  get url(): string {
    return this.#transport.url;
  }

  /** What the server says of itself. A wrong key is no error here: the answer is then the short one. */
  health(): Promise<HealthAnswer> {
    return this.#transport.json({ path: '/health', repeatable: true });
  }

  /**
   * Submits a command, a prompt in mode `acp`, or a program in mode `process`; the answer holds the job's id. Repeated
   * while a server that has answered before is away: the Idempotency-Key makes one job of it.
   *
   * Rejects with status 400 for a request that is wrong, 409 for an Idempotency-Key that was used with another request or a
   * name that another job has, 413 above 1 MiB, 507 when the disk is full.
   */
  exec(
    request: ExecRequest | AcpRequest | ProcessRequest,
    { idempotencyKey = newIdempotencyKey(), signal }: ExecOptions = {},
  ): Promise<Accepted> {
    return this.#transport.json({
      path: '/exec',
      method: 'POST',
      body: request,
      headers: { 'idempotency-key': idempotencyKey },
      repeatable: true,
      signal,
    });
  }

  /** The record of a job. Rejects with status 404 when there is no such job (any more). */
  job(id: string, { tailLines, waitSeconds, signal }: JobOptions = {}): Promise<JobResource> {
    return this.#transport.json({
      path: `${pathOf(id)}${query({ tailLines, wait: waitSeconds })}`,
      repeatable: true,
      waitMs: (waitSeconds ?? 0) * 1000,
      signal,
    });
  }

  /** Jobs, newest first; asks for as many pages as it takes. Rejects with status 400 when `before` is no job. */
  async jobs({ limit = 20, before, signal, ...filter }: JobsOptions = {}): Promise<JobResource[]> {
    const found: JobResource[] = [];
    while (found.length < limit) {
      const size = Math.min(limit - found.length, MAX_PAGE_SIZE);
      const path = `/jobs${query({ ...filter, limit: size, before: found.at(-1)?.jobId ?? before })}`;
      const page = await this.#transport.json<JobResource[]>({ path, repeatable: true, signal });
      found.push(...page);
      if (page.length < size) break;
    }
    return found;
  }

  /**
   * Resolves to the record of the job when it has ended, however long that takes; `signal: AbortSignal.timeout(60_000)` is
   * a limit in milliseconds. A job that failed is no error: `exitCode` tells. Rejects with status 404 when there is no such
   * job.
   */
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

  /**
   * The events of a job as they come, from the first one (or after `since`) to `end`, the last. A connection that breaks is
   * made again after the last event that came: nothing is lost, and nothing comes twice. Leaving the loop hangs up.
   *
   * Throws a ClientError with status 404 when there is no such job, `unreachable` when the server stays away for longer
   * than `retryForMs`.
   */
  follow(id: string, options: FollowOptions = {}): AsyncGenerator<JobEvent> {
    return followJob(this.#transport, id, options);
  }

  /**
   * The raw bytes of a stream as far as it has come, or a range of them. A connection that breaks is made again at the byte
   * where it broke. Throws a ClientError with status 404 when there is no such job.
   */
  output(id: string, stream: OutputStream, range: OutputRange = {}): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    return readOutput(this.#transport, id, stream, range);
  }

  /**
   * Both streams in the order in which they came, with times: one part of them. `to` is where the next part begins. Rejects
   * with status 404 when there is no such job.
   */
  timeline(id: string, { from, limit, signal }: TimelineOptions = {}): Promise<Timeline> {
    return this.#transport.json({ path: `${pathOf(id)}/timeline${query({ from, limit })}`, repeatable: true, signal });
  }

  /** The bytes of an output event of `follow`, also of those that were not UTF-8, which are asked for. */
  bytesOf(id: string, event: JobOutputEvent): Promise<Uint8Array> {
    return bytesOfEvent(this.#transport, id, event);
  }

  /**
   * Writes to the job's standard input, or closes it. Resolves when the input is in the job's pipe, which a job that reads
   * slowly can delay without limit. Repeated only when there is nothing but an end of input. Rejects with status 404 when
   * there is no such job; for one that has ended `accepted` is false.
   */
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

  /** The same with bytes as they are, 1 MiB at most; `eof` closes the standard input after them. */
  inputBytes(id: string, bytes: Uint8Array, eof = false, signal?: AbortSignal): Promise<InputAnswer> {
    return this.#transport.json({
      path: `${pathOf(id)}/input${eof ? '?eof=1' : ''}`,
      method: 'POST',
      bytes,
      waitMs: Infinity,
      repeatable: bytes.length === 0,
      signal,
    });
  }

  /** Writes a newline to the job's standard input. Not repeated. Rejects with status 404 when there is no such job. */
  nudge(id: string): Promise<NudgeAnswer> {
    return this.#transport.json({ path: `${pathOf(id)}/nudge`, method: 'POST' });
  }

  /**
   * Sends a signal to the job's process or, with `tree`, to everything it started. Not repeated. Rejects with status 404 when
   * there is no such job, 409 when it does not run, 400 for a signal that the machine does not know.
   */
  signal(id: string, request: SignalRequest): Promise<SignalAnswer> {
    return this.#transport.json({ path: `${pathOf(id)}/signal`, method: 'POST', body: request });
  }

  /**
   * Begins to end the job with all it started; `wait` resolves when that is done. For one that has ended `cancelled` is
   * false. Rejects with status 404 when there is no such job.
   */
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

  /** Ends a session's shell with all it started; resolves when that is done. Rejects with status 404 when there is none. */
  deleteSession(key: string): Promise<SessionDeleted> {
    // Not repeated: by then the session of that key may be somebody's new one.
    return this.#transport.json({ path: sessionPath(key), method: 'DELETE' });
  }
}

/** Whether the job has ended, in whatever way. */
export const isFinished = ({ status }: Pick<JobResource, 'status'>): boolean =>
  status !== 'pending' && status !== 'running';

/** `crypto.randomUUID` is missing on a page that came over plain HTTP, and `toHex` in many browsers. */
const newIdempotencyKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

const sessionPath = (key: string): string => `/sessions/${encodeURIComponent(key)}`;
const pathOf = (id: string): string => `/jobs/${encodeURIComponent(id)}`;

function query(parameters: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const given = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return given.length === 0 ? '' : `?${given.join('&')}`;
}
