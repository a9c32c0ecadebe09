/** A session whose agent is played by the story, event by event. */
import type { AgentEvent, AgentSessionResource } from '../../src/protocol/agents.ts';

export type Sent = Readonly<Record<string, unknown>>;

export class PlayedSession {
  record: AgentSessionResource;
  readonly log: AgentEvent[] = [];
  /** Streams of events that are open. */
  streams = 0;
  readonly #readers = new Set<() => void>();

  constructor(record: Partial<AgentSessionResource>) {
    const now = Date.now() / 1000;
    this.record = {
      id: '',
      agent: 'played',
      acpSessionId: 'own-id',
      cwd: '/work/place',
      policy: 'ask',
      state: 'idle',
      agentInfo: { name: 'played-agent', version: '1.0' },
      capabilities: { loadSession: true },
      modes: null,
      models: null,
      configOptions: null,
      commands: null,
      title: null,
      usage: null,
      turns: 0,
      queued: 0,
      createdAt: now,
      lastEventAt: now,
      lastEventId: 0,
      pendingPermissions: 0,
      ...record,
    };
  }

  get id(): string {
    return this.record.id;
  }

  emit(event: string, data: object): void {
    const at = Date.now() / 1000;
    this.log.push({ id: this.log.length + 1, event, at, data });
    this.record = { ...this.record, lastEventId: this.log.length, lastEventAt: at };
    for (const reader of this.#readers) reader();
  }

  /** An update of the protocol. */
  update(sessionUpdate: string, data: object): void {
    this.emit(sessionUpdate, { sessionUpdate, ...data });
  }

  say(text: string, kind = 'agent_message_chunk'): void {
    this.update(kind, { content: { type: 'text', text } });
  }

  change(change: Partial<AgentSessionResource>): void {
    this.record = { ...this.record, ...change };
    if (change.state !== undefined) this.emit('state', { state: change.state });
  }

  /** The agent takes every choice but the mode `plan`, which it ignores. */
  choose({ configId, value, modeId }: Sent): void {
    const { configOptions, modes } = this.record;
    const options = (configOptions ?? []) as Sent[];
    this.record = {
      ...this.record,
      configOptions: options.map((one) => (one['id'] === configId ? { ...one, currentValue: value } : one)),
      modes: modeId === 'plan' ? modes : { ...(modes as Sent), ...(modeId !== undefined && { currentModeId: modeId }) },
    };
  }

  takePrompt(text: string): { readonly turn: number } {
    const turn = this.record.turns + 1;
    const running = this.record.state === 'running' || this.record.state === 'waiting';
    this.record = { ...this.record, turns: turn, queued: this.record.queued + (running ? 1 : 0) };
    this.emit('prompt', { turn, content: [{ type: 'text', text }], at: Date.now() / 1000 });
    if (!running) this.change({ state: 'running' });
    return { turn };
  }

  endTurn(turn: number, stopReason = 'end_turn', more: object = {}): void {
    this.emit('turn_end', { turn, stopReason, text: '', usage: null, at: Date.now() / 1000, ...more });
    const { queued } = this.record;
    this.record = { ...this.record, queued: Math.max(0, queued - 1) };
    if (queued === 0) this.change({ state: 'idle' });
  }

  ask(id: string, toolCall: object, options: readonly object[] = OPTIONS): void {
    this.record = { ...this.record, pendingPermissions: this.record.pendingPermissions + 1 };
    this.emit('permission', { id, toolCall, options });
    this.change({ state: 'waiting' });
  }

  answer(body: unknown): Response {
    if (this.record.pendingPermissions === 0) return Response.json({ error: 'answered already' }, { status: 409 });
    const { optionId } = body as { optionId: string };
    const { id } = (this.log.findLast(({ event }) => event === 'permission')?.data ?? { id: '' }) as { id: string };
    this.record = { ...this.record, pendingPermissions: this.record.pendingPermissions - 1 };
    this.emit('permission_answer', { id, optionId, by: 'person', reason: 'answered with this option' });
    this.change({ state: 'running' });
    return Response.json({ id, optionId });
  }

  /** Server-Sent Events after that number; ended when the session is closed and all was sent. */
  stream(since: number, signal: AbortSignal): Response {
    if (this.record.state === 'closed' && since >= this.log.length) return new Response(null, { status: 204 });
    let next = since;
    let wake = (): void => {};
    const reader = (): void => wake();
    const end = (): void => {
      if (this.#readers.delete(reader)) this.streams -= 1;
      wake();
    };
    this.#readers.add(reader);
    this.streams += 1;
    signal.addEventListener('abort', end, { once: true });
    const pull = async (controller: ReadableStreamDefaultController<string>): Promise<void> => {
      while (next >= this.log.length && !signal.aborted) {
        if (this.record.state === 'closed') {
          end();
          return controller.close();
        }
        await new Promise<void>((resolve) => (wake = resolve));
      }
      const some = this.log.slice(next, next + 100);
      next += some.length;
      if (some.length > 0)
        controller.enqueue(
          some.map(({ id, event, data }) => `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`).join(''),
        );
    };
    const body = new ReadableStream<string>({
      start: (controller) => controller.enqueue(': here\n\n'),
      pull,
      cancel: end,
    }).pipeThrough(new TextEncoderStream());
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  }
}

/** Answers as agents offer them. */
export const OPTIONS = [
  { optionId: 'yes', name: 'Allow', kind: 'allow_once' },
  { optionId: 'always', name: 'Always allow', kind: 'allow_always' },
  { optionId: 'no', name: 'Reject', kind: 'reject_once' },
];
