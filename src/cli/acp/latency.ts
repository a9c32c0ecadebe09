/**
 * How long a turn takes from here, as acpremote tells it to editors: beside each update and request for permission, and as
 * a tool call at the end of the turn. Measured from the moment at which the editor sent the prompt.
 */
import type { Clock } from '../../core/clock.ts';
import { isObject, type Message } from './json-rpc.ts';

export const LATENCY_MODES = ['off', 'meta', 'card', 'both'] as const;
export type LatencyMode = (typeof LATENCY_MODES)[number];

interface Prompt {
  readonly sessionId: string;
  readonly request: string;
  readonly number: number;
  readonly sentAt: number;
  firstUpdateMs: number | undefined;
  updates: number;
}

export class Latency {
  readonly #mode: LatencyMode;
  readonly #clock: Clock;
  /** In the order in which they were sent; the first one of a session is the one that runs. */
  #prompts: Prompt[] = [];
  #sent = 0;

  constructor(mode: LatencyMode, clock: Clock) {
    this.#mode = mode;
    this.#clock = clock;
  }

  /** `request`: key of its id. */
  prompted(sessionId: unknown, request: string): void {
    if (this.#mode === 'off' || typeof sessionId !== 'string') return;
    this.#sent += 1;
    const sentAt = this.#clock.monotonic();
    this.#prompts.push({ sessionId, request, number: this.#sent, sentAt, firstUpdateMs: undefined, updates: 0 });
  }

  /** The params of an update or a request for permission, with what there is to tell. */
  marked(params: Message): Message {
    const prompt = this.#prompts.find(({ sessionId }) => sessionId === params['sessionId']);
    if (prompt === undefined) return params;
    const elapsed = this.#since(prompt);
    prompt.updates += 1;
    prompt.firstUpdateMs ??= elapsed;
    if (this.#mode === 'card') return params;
    const meta = isObject(params['_meta']) ? params['_meta'] : {};
    const known = isObject(meta['acpremote']) ? meta['acpremote'] : {};
    const latency = { elapsed_ms: elapsed, first_update_ms: prompt.firstUpdateMs, update_count: prompt.updates };
    return { ...params, _meta: { ...meta, acpremote: { ...known, transport_latency: latency } } };
  }

  /** The updates that come before the answer to a request. */
  answered(request: string): readonly Message[] {
    const prompt = this.#prompts.find((one) => one.request === request);
    if (prompt === undefined) return [];
    this.#prompts = this.#prompts.filter((one) => one !== prompt);
    return this.#mode === 'meta' ? [] : this.#card(prompt);
  }

  #card(prompt: Prompt): readonly Message[] {
    const { sessionId, number, firstUpdateMs, updates } = prompt;
    const total = this.#since(prompt);
    const first = firstUpdateMs === undefined ? 'no streamed updates' : `${firstUpdateMs} ms`;
    const text = `First remote update: ${first}\nTurn complete: ${total} ms\nStreamed updates: ${updates}`;
    const call = {
      toolCallId: `acpremote:latency:${sessionId}:${number}`,
      title: 'Transport Latency',
      kind: 'other',
      status: 'completed',
      content: [{ type: 'content', content: { type: 'text', text } }],
      rawOutput: {
        acpremote: {
          transport_latency: { total_ms: total, first_update_ms: firstUpdateMs ?? null, update_count: updates },
        },
      },
    };
    // Some editors drop the update of a call that was never announced.
    return ['tool_call', 'tool_call_update'].map((sessionUpdate) => ({
      jsonrpc: '2.0',
      method: 'session/update',
      params: { sessionId, update: { sessionUpdate, ...call } },
    }));
  }

  #since({ sentAt }: Prompt): number {
    return Math.max(0, Math.floor(this.#clock.monotonic() - sentAt));
  }
}
