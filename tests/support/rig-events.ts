/** Server-Sent Events, read as the specification says. */
export interface SseEvent {
  readonly id: number;
  readonly event: string;
  readonly data: {
    readonly text?: string;
    readonly offset?: number;
    readonly bytes?: number;
    readonly [name: string]: unknown;
  };
}

export async function readEvents(
  response: Response,
  until: (event: SseEvent) => boolean = () => false,
  leave: () => void = () => {},
): Promise<SseEvent[]> {
  const events: SseEvent[] = [];
  const decoder = new TextDecoder();
  let rest = '';
  const reader = (response.body ?? new ReadableStream<Uint8Array>()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return events;
    rest += decoder.decode(value, { stream: true });
    for (let end = rest.indexOf('\n\n'); end >= 0; end = rest.indexOf('\n\n')) {
      const event = parse(rest.slice(0, end));
      rest = rest.slice(end + 2);
      if (event === undefined) continue;
      events.push(event);
      if (!until(event)) continue;
      await reader.cancel();
      leave();
      return events;
    }
  }
}

function parse(block: string): SseEvent | undefined {
  const fields = new Map(
    block.split('\n').map((line): [string, string] => {
      const colon = line.indexOf(': ');
      return [line.slice(0, colon), line.slice(colon + 2)];
    }),
  );
  const data = fields.get('data');
  // Comments and `retry` are no events.
  if (data === undefined) return undefined;
  return {
    id: Number(fields.get('id')),
    event: fields.get('event') ?? 'message',
    data: JSON.parse(data) as SseEvent['data'],
  };
}

/** All the text of one stream, in order. */
export const textOf = (events: readonly SseEvent[], stream: 'stdout' | 'stderr'): string =>
  events
    .filter(({ event }) => event === stream)
    .map(({ data }) => data.text)
    .join('');
