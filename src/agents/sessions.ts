/**
 * The sessions of this server: those that are open, and the records of those that were.
 *
 *   open ──closed or failed──▶ kept as a record with its log ──resume──▶ open, under the same id
 *                                      └──delete, retention──▶ gone
 */
import { mkdirSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Clock } from '../core/clock.ts';
import { codeOf, fail, messageOf, ok, type Result } from '../core/failure.ts';
import { ID_PATTERN, newId } from '../core/id.ts';
import type { Log } from '../core/log.ts';
import { EventLog } from '../events/log.ts';
import { isDirectory } from '../platform/files/directory.ts';
import type { ClientOpening, OpenFailure, OpenRequest } from './open-request.ts';
import type { PolicyName } from './policy/policy-name.ts';
import { agentFailureText } from './registry/agent-failure.ts';
import type { AgentCommand, AgentRegistry } from './registry/agent-registry.ts';
import { isSessionEntry, type SessionEntry } from './session/entry.ts';
import type { SessionFactory } from './session-factory.ts';
import { RecordWriter } from './record-writer.ts';
import { SessionUse } from './session-use.ts';
import { closedLate, endLate } from './late-end.ts';
import { isOpen, recordOf, SessionFolder, type OpenSession, type SessionRecord } from './stored.ts';

export interface SessionsOptions {
  readonly root: string;
  readonly factory: SessionFactory;
  readonly registry: AgentRegistry;
  readonly baseEnv: Readonly<Record<string, string>>;
  /** Working directory of sessions that name none. */
  readonly cwd: string;
  readonly policy: PolicyName;
  readonly maxOpen: number;
  /** Records of closed sessions that are kept, and bytes of their logs. */
  readonly keep: { readonly sessions: number; readonly bytes: number };
  readonly clock: Clock;
  readonly log: Log;
}

const DEFAULT_AGENT = 'copilot';

export class AgentSessions implements AsyncDisposable {
  readonly #options: SessionsOptions;
  readonly #open = new Map<string, OpenSession>();
  /** Those of jobs: for their permissions and events; the jobs room keeps what comes of them. */
  readonly #ofJobs = new Map<string, OpenSession>();
  readonly #records = new Map<string, SessionRecord>();
  /** Those that are being made, by their ids: their records and logs are in use. */
  readonly #opening = new Map<string, Promise<SessionRecord>>();
  #draining = false;

  private constructor(options: SessionsOptions) {
    this.#options = options;
  }

  /** Takes up the records of earlier servers. */
  static async open(options: SessionsOptions): Promise<AgentSessions> {
    const sessions = new AgentSessions(options);
    mkdirSync(options.root, { recursive: true, mode: 0o700 });
    for (const id of readdirSync(options.root).filter((name) => ID_PATTERN.test(name))) await sessions.#restore(id);
    sessions.#prune();
    return sessions;
  }

  /** Sessions that are open, those of jobs apart. */
  get count(): number {
    return this.#open.size;
  }
  get limit(): number {
    return this.#options.maxOpen;
  }
  /** Sessions in which a turn runs or waits, those of jobs apart: jobs count themselves. */
  get busy(): number {
    return [...this.#open.values()].filter(({ session }) => session.turns.busy).length;
  }
  get pendingPermissions(): number {
    return this.#allOpen().reduce((sum, { session }) => sum + session.permissions.waiting, 0);
  }

  /** `asked`: a client elsewhere wants it, and has an agent for it. */
  async open(request: OpenRequest, asked?: ClientOpening): Promise<Result<SessionRecord, OpenFailure>> {
    const { maxOpen, registry } = this.#options;
    if (this.#draining) return fail({ reason: 'shutting-down' });
    if (this.#open.size + this.#opening.size >= maxOpen) return fail({ reason: 'too-many-sessions', limit: maxOpen });
    const before = asked === undefined ? this.#named(request.resume) : asked.before;
    if (before !== undefined && (isOpen(before) || this.#ofJobs.has(before.id) || this.#opening.has(before.id)))
      return fail({ reason: 'session-is-open', id: before.id });
    if (before !== undefined && before.acpSessionId === null)
      return fail({ reason: 'session-not-resumable', detail: 'its agent had not opened it' });
    const agent = request.agent ?? before?.agent ?? DEFAULT_AGENT;
    const resolved = registry.resolve(agent);
    // A program that is not there makes a session that has failed, as one does that cannot be started.
    if (!resolved.ok && resolved.failure.reason !== 'agent-not-found') return fail(resolved.failure);
    const cwd = resolve(this.#options.cwd, request.cwd || before?.cwd || '');
    if (!isDirectory(cwd)) return fail({ reason: 'cwd-missing', cwd });
    const id = before?.id ?? newId();
    const command = resolved.ok ? resolved.value : agentFailureText(resolved.failure);
    const making = this.#make(request, { id, agent, cwd, command, before, asked });
    this.#opening.set(id, making);
    try {
      return ok(await making);
    } catch (error) {
      if (codeOf(error) === undefined) throw error;
      return fail({ reason: 'session-not-stored', detail: messageOf(error) });
    } finally {
      this.#opening.delete(id);
    }
  }

  get(id: string): SessionRecord | undefined {
    const open = this.find(id);
    return open === undefined ? this.#records.get(id) : recordOf(open);
  }

  /** An open one by its agent and that agent's own id of it. */
  findOf(agent: string, acpSessionId: string): OpenSession | undefined {
    return this.#allOpen().find((open) => open.agent === agent && open.session.acpSessionId === acpSessionId);
  }

  /** Undefined when it is not open. */
  find(id: string): OpenSession | undefined {
    return this.#open.get(id) ?? this.#ofJobs.get(id);
  }

  /** Newest first, also of those that were made within one millisecond. */
  list(): SessionRecord[] {
    const all = [...this.#records.values(), ...[...this.#open.values()].map(recordOf)];
    return all.toReversed().toSorted((a, b) => b.createdAt - a.createdAt);
  }

  /** The log of a session that is not open; the caller disposes of it. */
  async openLog(id: string): Promise<EventLog<SessionEntry> | undefined> {
    if (!this.#records.has(id)) return undefined;
    return EventLog.open(new SessionFolder(this.#options.root, id).events, isSessionEntry);
  }

  /** Closes an open session, and keeps its record; removes the record of one that is not open. */
  async delete(id: string): Promise<'closed' | 'removed' | undefined> {
    await this.#opening.get(id)?.catch(() => {});
    const open = this.find(id);
    if (open !== undefined) {
      await open.session.close();
      return 'closed';
    }
    if (!this.#records.delete(id)) return undefined;
    new SessionFolder(this.#options.root, id).remove();
    return 'removed';
  }

  /** The session of a job can be watched and answered as others, until it ends. */
  adoptJob(job: OpenSession): void {
    const { session } = job;
    const { id } = session.spec;
    this.#ofJobs.set(id, job);
    session.whenEnded.once(() => this.#ofJobs.delete(id));
  }

  /** Opens no sessions and takes no prompts from now on. */
  drain(): void {
    this.#draining = true;
  }
  /** The server does not go down after all. */
  resume(): void {
    this.#draining = false;
  }
  get draining(): boolean {
    return this.#draining;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.drain();
    await Promise.allSettled(this.#opening.values());
    await Promise.all(this.#allOpen().map(({ session }) => session.close()));
  }

  #allOpen(): OpenSession[] {
    return [...this.#open.values(), ...this.#ofJobs.values()];
  }

  /** By its id or by the agent's own. */
  #named(name: string | undefined): SessionRecord | undefined {
    if (name === undefined) return undefined;
    return this.get(name) ?? this.list().find(({ acpSessionId }) => acpSessionId === name);
  }

  async #make(request: OpenRequest, { id, agent, cwd, command, before, asked }: Made): Promise<SessionRecord> {
    const { root, factory, clock, baseEnv, policy } = this.#options;
    // One whose agent is still being ended has its log open.
    await this.#open.get(id)?.session.close();
    const folder = new SessionFolder(root, id);
    folder.create();
    const createdAt = before?.createdAt ?? clock.now();
    const known = typeof command === 'string' ? { argv: [], env: {} } : command;
    const log = await EventLog.open(folder.events, isSessionEntry);
    const writer = new RecordWriter(clock, () => {
      const open = this.#open.get(id);
      if (open !== undefined) this.#save(recordOf(open));
    });
    const session = factory.make(
      {
        id,
        argv: known.argv,
        env: { ...baseEnv, ...known.env, ...request.env },
        cwd,
        policy: request.policy ?? before?.policy ?? policy,
        mcpServers: request.mcpServers ?? [],
        model: request.model,
        mode: request.mode,
        effort: request.effort,
        load: before?.acpSessionId ?? request.resume,
        asked: asked?.request,
        logsHistory: before === undefined,
        turnsBefore: before?.turns ?? 0,
        titleBefore: before?.title ?? null,
        instructions: request.instructions,
        // A client takes it whenever it comes, and wants its answer at once.
        awaitsUsage: asked === undefined,
        turnTimeoutMs: request.timeout === undefined ? undefined : request.timeout * 1000,
      },
      {
        log,
        changed: () => writer.changed((this.#open.get(id)?.session.turns.waiting ?? 0) > 0),
        ...asked?.ports,
        ...(typeof command === 'string' && { link: () => Promise.reject(new Error(command)) }),
      },
    );
    this.#records.delete(id);
    const use = new SessionUse(session, clock, asked?.idleMs);
    const open: OpenSession = { session, agent, createdAt, log, use };
    this.#open.set(id, open);
    writer.flush();
    session.whenEnded.once(() => {
      writer.flush();
      this.#open.delete(id);
      this.#records.set(id, recordOf(open));
      this.#prune();
    });
    return recordOf(open);
  }

  /** Where that fails the session goes on: its log, which would fail too, is what nobody may miss. */
  #save(record: SessionRecord): void {
    const { root, log } = this.#options;
    try {
      new SessionFolder(root, record.id).save(record);
    } catch (error) {
      log.warn('the record of an agent session could not be written', { session: record.id, detail: messageOf(error) });
    }
  }

  /** A session that was open when its server was killed has no end in its log yet. */
  async #restore(id: string): Promise<void> {
    const folder = new SessionFolder(this.#options.root, id);
    const record = folder.read();
    if (record === undefined) return;
    this.#records.set(id, isOpen(record) ? await this.#endLate(folder, record) : record);
  }

  /** One that cannot be ended keeps no server from starting. */
  async #endLate(folder: SessionFolder, record: SessionRecord): Promise<SessionRecord> {
    let closed: SessionRecord;
    try {
      closed = await endLate(folder, record);
    } catch (error) {
      const fields = { session: record.id, detail: messageOf(error) };
      this.#options.log.warn('the log of an agent session could not be completed', fields);
      closed = closedLate(record);
    }
    this.#save(closed);
    return closed;
  }

  /** The oldest go first. */
  #prune(): void {
    const { keep, root } = this.#options;
    const newestFirst = [...this.#records.values()].toReversed().toSorted((a, b) => b.lastEventAt - a.lastEventAt);
    let bytes = 0;
    newestFirst.forEach(({ id }, index) => {
      const folder = new SessionFolder(root, id);
      bytes += folder.bytes;
      if (this.#opening.has(id)) return;
      if (index < keep.sessions && (bytes <= keep.bytes || index === 0)) return;
      this.#records.delete(id);
      folder.remove();
    });
  }
}

interface Made {
  readonly id: string;
  readonly agent: string;
  readonly cwd: string;
  /** A text: why there is none. */
  readonly command: AgentCommand | string;
  readonly before: SessionRecord | undefined;
  readonly asked: ClientOpening | undefined;
}
