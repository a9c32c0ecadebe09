/**
 * The JSON-RPC messages of an agent, as the SDK's connection takes them. What that would turn into noise or delay is
 * handled here: notifications go to their reader as the agent sent them, in its order and without a check of their
 * form; text that is no JSON, answers to nothing and lines beyond the limit are reported and passed over.
 */
import type { AnyMessage, Stream } from '@agentclientprotocol/sdk';
import { isObject } from '../is-object.ts';
import type { AgentProcess } from './agent-process.ts';
import { readLines } from '../../core/lines.ts';
import { RequestQueue } from './request-queue.ts';

/** Images travel inside of lines; a line beyond it is no message but an accident. */
export const MAX_LINE_BYTES = 128 * 1024 * 1024;
const SHOWN_CHARACTERS = 200;
/** Each may have 16 MiB in it, and several times that while it is answered. */
const FILES_AT_ONCE = 4;

export interface MessageReader {
  readonly notification: (method: string, params: unknown) => void;
  /** Something of the agent could not be used: one sentence. */
  readonly oddity: (sentence: string) => void;
}

export class MessageStream {
  /** For the SDK. */
  readonly stream: Stream;
  readonly #process: AgentProcess;
  readonly #reader: MessageReader;
  /** Requests to the agent whose answers are to come. */
  readonly #asked = new Set<unknown>();
  readonly #files = new RequestQueue<AnyMessage & { readonly id: unknown }>(FILES_AT_ONCE, (one) => this.#pass(one));
  readonly #encoder = new TextEncoder();
  #controller: ReadableStreamDefaultController<AnyMessage> | undefined;

  constructor(process: AgentProcess, reader: MessageReader, maxLineBytes = MAX_LINE_BYTES) {
    this.#process = process;
    this.#reader = reader;
    const readable = new ReadableStream<AnyMessage>({
      start: (controller) => {
        this.#controller = controller;
      },
    });
    const writable = new WritableStream<AnyMessage>({ write: (message) => this.#write(message) });
    this.stream = { readable, writable };
    void readLines(process.stdout, maxLineBytes, {
      line: (text) => this.#onLine(text),
      tooLong: (head, bytes) => this.#onTooLong(head, bytes),
    })
      .catch(() => {})
      .then(() => this.#close());
  }

  async #write(message: AnyMessage): Promise<void> {
    if ('method' in message && 'id' in message) this.#asked.add(message.id);
    if (!(await this.#process.write(this.#encoder.encode(`${JSON.stringify(message)}\n`))))
      throw new Error('the agent reads no more');
    if (!('method' in message)) this.#files.answered(message.id);
  }

  #onLine(text: string): void {
    if (text.trim() === '') return;
    let message: unknown;
    try {
      message = JSON.parse(text);
    } catch {
      return this.#reader.oddity(`not JSON: ${shown(text)}`);
    }
    if (!isObject(message)) return this.#reader.oddity(`no message: ${shown(text)}`);
    this.#onMessage(message, text);
  }

  #onMessage(message: Readonly<Record<string, unknown>>, text: string): void {
    const { id, method } = message;
    // Some agents leave `jsonrpc` out, and what is meant is plain.
    const complete = { ...message, jsonrpc: '2.0' } as unknown as AnyMessage & { readonly id: unknown };
    if (typeof method === 'string') {
      // A request may have 0 for its id, or a text; only null and nothing are none.
      if (method.startsWith('fs/') && (typeof id === 'number' || typeof id === 'string')) this.#files.add(complete);
      else if ((id !== undefined && id !== null) || method === '$/cancel_request') this.#pass(complete);
      else this.#reader.notification(method, message['params']);
    } else if (this.#asked.delete(id)) this.#pass(complete);
    else this.#reader.oddity(`an answer without a request: ${shown(text)}`);
  }

  /** An answer that is too long is an answer all the same: who has asked must not wait for ever. */
  #onTooLong(head: string, bytes: number): void {
    const said = `a line of ${bytes} bytes, over the limit of ${MAX_LINE_BYTES}: ${shown(head)}`;
    this.#reader.oddity(said);
    const id = /"id"\s*:\s*(\d+)/.exec(head)?.[1];
    if (id === undefined || /"method"\s*:/.test(head) || !this.#asked.delete(Number(id))) return;
    this.#pass({
      jsonrpc: '2.0',
      id: Number(id),
      error: { code: -32_603, message: `the agent has answered with ${said}` },
    });
  }

  #pass(message: AnyMessage): void {
    this.#controller?.enqueue(message);
  }

  #close(): void {
    try {
      this.#controller?.close();
    } catch {
      // The connection was closed on our side before.
    }
    this.#controller = undefined;
  }
}

const shown = (text: string): string => (text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text);
