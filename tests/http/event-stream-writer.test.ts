/** Any numbered log as Server-Sent Events: nothing lost, nothing twice, whoever is slow, leaves, or comes back. */
import { expect, setDefaultTimeout, test } from 'bun:test';
import fc from 'fast-check';
import { messageOf } from '../../src/core/failure.ts';
import { parseSse, type SseMessage } from '../../src/client/sse.ts';
import { EventLog, type ReadLimits } from '../../src/events/log.ts';
import { eventStream, type EventSource } from '../../src/http/wire/event-stream.ts';
import { Sandbox, settle, waitFor } from '../support/sandbox.ts';

// A loaded machine is slow, which is no failure.
setDefaultTimeout(30_000);

const isText = (value: unknown): value is string => typeof value === 'string';

/** A log that is followed, and what became of it. */
class Source implements EventSource<string> {
  readonly log: EventLog<string>;
  ended = false;
  disposals = 0;
  reads = 0;

  constructor(log: EventLog<string>) {
    this.log = log;
  }
  get changed() {
    return this.log.grown;
  }
  read(after: number, limits: ReadLimits) {
    this.reads += 1;
    return this.log.read(after, limits);
  }
  [Symbol.dispose](): void {
    this.disposals += 1;
  }
}

async function world(): Promise<{ source: Source } & Disposable> {
  const box = new Sandbox();
  const log = await EventLog.open(box.file('log'), isText, { memory: { entries: 4, bytes: 1000 } });
  return {
    source: new Source(log),
    [Symbol.dispose]: () => {
      log[Symbol.dispose]();
      box[Symbol.dispose]();
    },
  };
}

const render = (entry: string) => ({ event: 'entry', data: { entry } });
const open = (source: Source, more: { after?: number; signal?: AbortSignal; heartbeatMs?: number } = {}) =>
  eventStream({ source, render, after: 0, signal: new AbortController().signal, ...more });
const messages = (answer: Response): AsyncGenerator<SseMessage> =>
  parseSse(answer.body as unknown as AsyncIterable<Uint8Array>);
const entryOf = ({ id, data }: SseMessage) => [Number(id), (JSON.parse(data) as { entry: string }).entry];

test('a model: readers that come, leave and come back with their cursor read every entry once', async () => {
  const step = fc.oneof(
    fc.record({
      do: fc.constant('append' as const),
      text: fc.constantFrom('a', 'line\nbreak', '🙂', 'x'.repeat(70_000)),
    }),
    fc.record({ do: fc.constant('read' as const), count: fc.integer({ min: 1, max: 5 }) }),
    fc.record({ do: fc.constant('leave' as const), how: fc.constantFrom('cancel' as const, 'abort' as const) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      using all = await world();
      const { source } = all;
      const model: string[] = [];
      const read: unknown[] = [];
      let left = new AbortController();
      let reader = messages(open(source));
      for (const now of steps) {
        switch (now.do) {
          case 'append':
            model.push(now.text);
            source.log.append(now.text);
            break;
          case 'read':
            for (let count = Math.min(now.count, model.length - read.length); count > 0; count -= 1)
              read.push(entryOf((await reader.next()).value as SseMessage));
            break;
          case 'leave':
            if (now.how === 'abort') left.abort();
            else await reader.return(undefined);
            left = new AbortController();
            reader = messages(open(source, { after: read.length, signal: left.signal }));
            break;
        }
      }
      source.ended = true;
      source.log.grown.notifyAll();
      for await (const message of reader) read.push(entryOf(message));
      expect(read).toEqual(model.map((entry, index) => [index + 1, entry]));
    }),
    { numRuns: 60 },
  );
});

test('the end of the source ends the stream, and lets go of the source once', async () => {
  using all = await world();
  const { source } = all;
  source.log.append('one');
  source.ended = true;
  expect(await open(source).text()).toBe('retry: 1000\n\nid: 1\nevent: entry\ndata: {"entry":"one"}\n\n');
  expect(source.disposals).toBe(1);
});

test('the head says that it is a stream that nobody may keep or gather', async () => {
  using all = await world();
  const answer = open(all.source);
  expect(Object.fromEntries(answer.headers)).toEqual({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
    'x-content-type-options': 'nosniff',
  });
  await answer.body?.cancel();
});

test('a reader that does not read is rendered for up to a bound, and not waited for', async () => {
  using all = await world();
  const { source } = all;
  // Little to read, and much to send.
  for (let line = 0; line < 100; line += 1) source.log.append('x');
  let rendered = 0;
  const answer = eventStream({
    source,
    after: 0,
    signal: new AbortController().signal,
    render: (entry) => {
      rendered += 1;
      return render(entry.repeat(30_000));
    },
  });
  const reader = answer.body?.getReader();
  await reader?.read();
  for (let turn = 0; turn < 20; turn += 1) await settle();
  expect(rendered).toBeGreaterThan(0);
  expect(rendered).toBeLessThan(10);
  await reader?.cancel();
  expect(source.disposals).toBe(1);
});

test.each(['abort', 'cancel', 'abort and cancel'])(
  'a reader that waits and leaves by %s leaves nothing behind',
  async (how) => {
    using all = await world();
    const { source } = all;
    const left = new AbortController();
    const reader = open(source, { signal: left.signal }).body?.getReader();
    await reader?.read();
    const waiting = reader?.read();
    await waitFor('the stream to wait', () => source.changed.waiting === 1);
    if (how !== 'cancel') left.abort();
    if (how !== 'abort') await reader?.cancel();
    expect(await waiting).toMatchObject({ done: true });
    expect(source.changed.waiting).toBe(0);
    expect(source.disposals).toBe(1);
    // What comes now is nobody's, and throws into nobody's append.
    const { reads } = source;
    source.log.append('late');
    await settle();
    expect(source.reads).toBe(reads);
  },
);

test('a reader that has left before the stream is made gets an empty one', async () => {
  using all = await world();
  all.source.log.append('one');
  expect(await open(all.source, { signal: AbortSignal.abort() }).text()).toBe('retry: 1000\n\n');
  expect(all.source.disposals).toBe(1);
});

test('a comment comes where nothing else does, again and again, and does not move the cursor', async () => {
  using all = await world();
  const reader = open(all.source, { heartbeatMs: 1 }).body?.getReader();
  const next = async () => new TextDecoder().decode((await reader?.read())?.value);
  expect([await next(), await next(), await next()]).toEqual([
    'retry: 1000\n\n',
    ': still here\n\n',
    ': still here\n\n',
  ]);
  all.source.log.append('one');
  await waitFor('the event', async () => (await next()).startsWith('id: 1\n'));
  await reader?.cancel();
});

test('what cannot be rendered breaks the stream off, and lets go of the source', async () => {
  using all = await world();
  const { source } = all;
  source.log.append('one');
  const answer = eventStream({
    source,
    after: 0,
    signal: new AbortController().signal,
    render: () => Promise.reject(new Error('too many open files')),
  });
  expect(await answer.text().catch(messageOf)).toContain('too many open files');
  expect(source.disposals).toBe(1);
});
