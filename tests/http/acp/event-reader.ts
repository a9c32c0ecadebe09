/** Reads Server-Sent Events one by one, comments too, and can stop reading. */
export interface StreamEvent {
  readonly id?: number;
  readonly data?: unknown;
  readonly comment?: string;
}

interface StreamRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

export class EventReader implements Disposable {
  readonly answer: Response;
  readonly #abort: AbortController;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  #text = '';

  private constructor(answer: Response, abort: AbortController) {
    this.answer = answer;
    this.#abort = abort;
    if (answer.body === null) throw new Error('there is no stream');
    this.#reader = answer.body.getReader();
  }

  static open(url: string, headers: Readonly<Record<string, string>>): Promise<EventReader> {
    return EventReader.ask((init) => fetch(url, init), headers);
  }

  static async ask(how: (init: StreamRequest) => Promise<Response>, headers: Readonly<Record<string, string>>) {
    const abort = new AbortController();
    const answer = await how({ headers: { accept: 'text/event-stream', ...headers }, signal: abort.signal });
    if (answer.status !== 200) throw new Error(`no stream: ${answer.status} ${await answer.text()}`);
    return new EventReader(answer, abort);
  }

  /** The next event or comment; undefined at the end. */
  async next(): Promise<StreamEvent | undefined> {
    for (;;) {
      const end = this.#text.indexOf('\n\n');
      if (end >= 0) {
        const block = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 2);
        return eventOf(block);
      }
      const { done, value } = await this.#reader.read();
      if (done) return undefined;
      this.#text += this.#decoder.decode(value, { stream: true });
    }
  }

  /** The next ones that are no comments. */
  async events(count: number): Promise<StreamEvent[]> {
    const events: StreamEvent[] = [];
    while (events.length < count) {
      const event = await this.next();
      if (event === undefined) throw new Error(`it ended after ${events.length} events`);
      if (event.comment === undefined) events.push(event);
    }
    return events;
  }

  [Symbol.dispose](): void {
    this.#abort.abort();
  }
}

function eventOf(block: string): StreamEvent {
  if (block.startsWith(':')) return { comment: block.slice(1).trim() };
  const fields = Object.fromEntries(
    block.split(/\r\n|\r|\n/).map((line) => {
      const at = line.indexOf(': ');
      return [line.slice(0, at), line.slice(at + 2)];
    }),
  );
  const { id, data, ...others } = fields as Record<string, string>;
  if (Object.keys(others).length > 0) throw new Error(`more than id and data: ${block}`);
  return { id: Number(id), data: JSON.parse(data ?? 'null') as unknown };
}
