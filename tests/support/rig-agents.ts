/**
 * Agents behind a rig: jobs of mode acp, and sessions, with the scripted agent (tests/fixtures/scripted-agent.ts).
 *
 *     const { agents } = rig;
 *     expect((await agents.run('[[say hi]]')).stdout).toBe('hi');
 *     const session = await agents.open();
 *     expect(await session.say('[[say hi]]')).toBe('hi');
 */
import { chmodSync, writeFileSync } from 'node:fs';
import type { AgentEvent, AgentSessionResource, AgentSessionState, AgentTurn } from '../../src/protocol/agents.ts';
import type { AgentPermission } from '../../src/protocol/agent-permissions.ts';
import { readEvents, type SseEvent } from './rig-events.ts';
import type { JobView, Rig } from './rig.ts';

type Fields = Readonly<Record<string, unknown>>;

export interface AgentFields extends Fields {
  /** Flags of the scripted agent. */
  readonly flags?: readonly string[];
}

export class RigAgents {
  readonly #rig: Rig;

  constructor(rig: Rig) {
    this.#rig = rig;
  }

  line(...flags: readonly string[]): string {
    return this.#rig.door.agent(...flags);
  }

  /** Submits an acp job; resolves to its id. */
  async exec(prompt: string | undefined, { flags = [], ...fields }: AgentFields = {}): Promise<string> {
    const json = { mode: 'acp', agent: this.line(...flags), prompt, ...fields };
    return (await this.#rig.post<{ jobId: string }>('/exec', json)).jobId;
  }

  async run(prompt: string | undefined, fields: AgentFields = {}): Promise<JobView> {
    return this.#rig.finished(await this.exec(prompt, fields));
  }

  /** A session that takes prompts. */
  async open(fields: AgentFields = {}): Promise<RigSession> {
    const session = await this.begin(fields);
    await session.is('idle');
    return session;
  }

  /** A session whose agent may still be starting, or never start. */
  async begin({ flags = [], ...fields }: AgentFields = {}): Promise<RigSession> {
    const json = { agent: this.line(...flags), cwd: this.#rig.door.nativePath(this.#rig.place.cwd), ...fields };
    return this.session((await this.#rig.post<AgentSessionResource>('/agents/sessions', json)).id);
  }

  session(id: string): RigSession {
    return new RigSession(this.#rig, id);
  }

  /**
   * A script at this path without its ending, which says its arguments on stderr, `[…]` a line, and then is the scripted
   * agent: on Windows a batch file, as npm installs agents there. Its path as the server's system spells it.
   */
  script(path: string): string {
    const isWindows = this.#rig.door.platform === 'windows';
    const file = isWindows ? `${path}.cmd` : path;
    const lines = isWindows
      ? `@echo off\r\n${this.line('--tell-arguments')} %*\r\n`
      : `#!/bin/sh\nexec ${this.line('--tell-arguments')} "$@"\n`;
    writeFileSync(file, lines);
    chmodSync(file, 0o755);
    return this.#rig.door.nativePath(file);
  }
}

/** One session, as a client of the server sees it; disposing of it closes it, if it is open. */
export class RigSession implements AsyncDisposable {
  readonly id: string;
  readonly path: string;
  readonly #rig: Rig;

  constructor(rig: Rig, id: string) {
    this.#rig = rig;
    this.id = id;
    this.path = `/agents/sessions/${id}`;
  }

  record(): Promise<AgentSessionResource> {
    return this.#rig.get<AgentSessionResource>(this.path);
  }

  /** Resolves to the record when it has this state, and its agent is gone where that is one; fails when it has another end. */
  async is(...states: readonly AgentSessionState[]): Promise<AgentSessionResource> {
    return this.#rig.waitFor(`the session to be ${states.join(' or ')}`, async () => {
      const record = await this.record();
      const hasEnded = record.state === 'failed' || record.state === 'closed';
      if (states.includes(record.state)) return hasEnded && record.pid !== undefined ? undefined : record;
      if (hasEnded) throw new Error(`it has ended: ${JSON.stringify(record)}`);
      return undefined;
    });
  }

  /** The turn, when it has ended. */
  prompt(text: string): Promise<AgentTurn> {
    return this.#rig.post<AgentTurn>(`${this.path}/prompt?wait=60`, { text });
  }

  /** What the agent has said in a turn of that prompt. */
  async say(text: string): Promise<string> {
    return (await this.prompt(text)).text;
  }

  /** The number of the turn, which is still to end. */
  async begin(text: string): Promise<number> {
    return (await this.#rig.post<{ turn: number }>(`${this.path}/prompt`, { text })).turn;
  }

  async cancel(): Promise<boolean> {
    return (await this.#rig.post<{ cancelled: boolean }>(`${this.path}/cancel`)).cancelled;
  }

  delete(): Promise<{ status: number; body: unknown }> {
    return this.#rig.ask(this.path, { method: 'DELETE' });
  }

  /** The log, whole. */
  events(query = 'limit=5000'): Promise<AgentEvent[]> {
    return this.#rig.get<AgentEvent[]>(`${this.path}/events?format=json&${query}`);
  }

  /** The events of these kinds, what they say. */
  async of(...kinds: readonly string[]): Promise<Fields[]> {
    return (await this.events()).filter(({ event }) => kinds.includes(event)).map(({ data }) => data as Fields);
  }

  /** The events as they come, up to the one of which `until` says so. */
  async follow(until: (event: SseEvent) => boolean, lastEventId?: number, query = ''): Promise<SseEvent[]> {
    const abort = new AbortController();
    const headers: Record<string, string> = lastEventId === undefined ? {} : { 'last-event-id': String(lastEventId) };
    const answer = await this.#rig.request(`${this.path}/events${query}`, { headers, signal: abort.signal });
    if (answer.status !== 200) throw new Error(`events of ${this.id}: ${answer.status}`);
    return readEvents(answer, until, () => abort.abort());
  }

  /** Resolves when the agent has said this in any turn. */
  async said(text: string): Promise<void> {
    await this.#rig.waitFor(`the agent to say ${text}`, async () => {
      const chunks = await this.of('agent_message_chunk');
      return chunks.map(textOfChunk).join('').includes(text);
    });
  }

  /** The one permission request that waits, as soon as there is one. */
  async pending(): Promise<AgentPermission> {
    return this.#rig.waitFor('a permission request', async () => {
      const [first] = await this.#rig.get<AgentPermission[]>(`${this.path}/permissions`);
      return first;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { status, body } = await this.#rig.ask(this.path);
    if (status === 200 && (body as AgentSessionResource).pid !== undefined) await this.delete();
  }

  answer(permission: string, json: unknown): Promise<{ status: number; body: unknown }> {
    return this.#rig.ask(`${this.path}/permissions/${permission}`, { json });
  }
}

/** The text of an agent_message_chunk. */
export const textOfChunk = (data: unknown): string => (data as { content: { text: string } }).content.text;
