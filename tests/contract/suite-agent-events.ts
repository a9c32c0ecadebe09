import { describe, expect, test } from 'bun:test';
import type { Door } from '../support/doors.ts';
import type { SseEvent } from '../support/rig-events.ts';
import { textOfChunk } from '../support/rig-agents.ts';
import { sharedRig } from './shared-rig.ts';

const isEnd = ({ event }: SseEvent) => event === 'turn_end';
const numbers = (events: readonly { readonly id: number }[]) => events.map(({ id }) => id);
const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

/** agents.md: `GET …/events`, the log of a session. */
export function agentEventsSuite(door: Door): void {
  describe('GET …/events', () => {
    const rig = sharedRig(door);
    const open = (fields = {}) => rig().agents.open(fields);

    test('all that happens, numbered from 1, each update as the agent sent it', async () => {
      await using session = await open();
      const following = session.follow(isEnd);
      await session.prompt('[[stderr grumble]][[slow 0.2]][[think hm]][[say hi]][[usage]][[plan]]');
      const events = await following;
      expect(numbers(events)).toEqual(upTo(events.length));
      const of = (kind: string) => events.filter(({ event }) => event === kind).map(({ data }) => data as unknown);
      expect(of('state')).toEqual([
        { state: 'starting' },
        { state: 'idle', acpSessionId: expect.any(String) },
        { state: 'running', acpSessionId: expect.any(String) },
      ]);
      expect(of('prompt')).toEqual([
        { turn: 1, content: [{ type: 'text', text: expect.stringContaining('grumble') }], at: expect.any(Number) },
      ]);
      expect(of('stderr')).toEqual([{ text: 'grumble' }]);
      expect(of('agent_thought_chunk')).toEqual([
        { sessionUpdate: 'agent_thought_chunk', content: { type: 'text', text: 'hm' } },
      ]);
      expect(of('agent_message_chunk').at(-1)).toEqual({
        sessionUpdate: 'agent_message_chunk',
        content: { type: 'text', text: 'hi' },
      });
      expect(of('usage_update')).toEqual([{ sessionUpdate: 'usage_update', used: 20, size: 1000 }]);
      expect(of('plan')).toHaveLength(1);
      expect(of('turn_end')).toEqual([
        {
          turn: 1,
          stopReason: 'end_turn',
          text: expect.stringMatching(/^tick 0 .*hi$/),
          usage: { inputTokens: 11, outputTokens: 7, totalTokens: 18 },
          at: expect.any(Number),
        },
      ]);
    });

    test('as JSON: the same events with their times; `since` and `limit` page through them', async () => {
      await using session = await open();
      await session.prompt('[[updates 20]]');
      const all = await session.events();
      expect(numbers(all)).toEqual(upTo(all.length));
      const stream = await session.follow(({ id }) => id === all.length);
      expect(stream.map(({ id, event, data }) => ({ id, event, data }))).toEqual(
        all.map(({ id, event, data }) => ({ id, event, data: data as SseEvent['data'] })),
      );
      const times = all.map(({ at }) => at);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(Math.abs((times[0] ?? 0) - Date.now() / 1000)).toBeLessThan(3600);
      const paged = [];
      for (let since = 0; since < all.length;) {
        const page = await session.events(`since=${since}&limit=7`);
        expect(numbers(page)).toEqual(upTo(all.length).slice(since, since + 7));
        paged.push(...page);
        since = page.at(-1)?.id ?? Infinity;
      }
      expect(paged).toEqual(all);
      expect(await session.events(`since=${all.length}`)).toEqual([]);
    });

    test('Last-Event-ID and since both mean: what came after that', async () => {
      await using session = await open();
      await session.prompt('[[updates 5]]');
      const { lastEventId } = await session.record();
      const last = ({ id }: SseEvent) => id === lastEventId;
      expect(numbers(await session.follow(last, 3))).toEqual(upTo(lastEventId).slice(3));
      expect(numbers(await session.follow(last, undefined, '?since=4'))).toEqual(upTo(lastEventId).slice(4));
      expect(numbers(await session.follow(last, 5, '?since=2'))).toEqual(upTo(lastEventId).slice(5));
    });

    test('a reader that leaves again and again misses nothing, and gets nothing twice', async () => {
      await using session = await open();
      const turn = session.prompt(`[[slow 0.5]]${'[[updates 100]][[slow 0.1]]'.repeat(5)}`);
      const seen: SseEvent[] = [];
      while (!seen.some(isEnd)) {
        const from = seen.at(-1)?.id ?? 0;
        seen.push(...(await session.follow((event) => isEnd(event) || event.id >= from + 37, from)));
      }
      await turn;
      expect(numbers(seen)).toEqual(upTo(seen.length));
      const text = seen.filter(({ event }) => event === 'agent_message_chunk').map(({ data }) => textOfChunk(data));
      expect(text.join('')).toBe((await turn).text);
    });

    test('ten thousand updates in one turn: none is lost, in memory or not', async () => {
      await using session = await open();
      const following = session.follow(isEnd);
      const { text } = await session.prompt('[[updates 10000]]');
      const chunks = (await following).filter(({ event }) => event === 'agent_message_chunk');
      expect(chunks).toHaveLength(10_000);
      expect(chunks.map(({ data }) => textOfChunk(data)).join('')).toBe(text);
      const [early] = await session.events('since=20&limit=1');
      expect(early?.id).toBe(21);
    });

    test('the stream ends with the session, and who comes back then gets 204', async () => {
      const session = await open();
      await session.prompt('[[say hi]]');
      const following = session.follow(() => false);
      await session.delete();
      const events = await following;
      expect(events.at(-1)).toMatchObject({ event: 'state', data: { state: 'closed' } });
      const last = events.at(-1)?.id ?? 0;
      expect((await session.record()).lastEventId).toBe(last);
      const again = (id: number) =>
        rig().request(`${session.path}/events`, { headers: { 'last-event-id': String(id) } });
      expect((await again(last)).status).toBe(204);
      expect((await again(last + 100)).status).toBe(204);
      expect(numbers(await session.follow(() => false, last - 2))).toEqual([last - 1, last]);
      expect(await session.events(`since=${last}`)).toEqual([]);
    });

    test('parameters that are not valid: 400', async () => {
      await using session = await open();
      const limits = ['0', '5001', 'x'].map((limit) => `format=json&limit=${limit}`);
      for (const query of ['since=-1', 'since=x', 'since=1.5', 'format=xml', 'format=', ...limits])
        expect({ query, status: (await rig().ask(`${session.path}/events?${query}`)).status }).toEqual({
          query,
          status: 400,
        });
      const headers = { 'last-event-id': 'x' };
      expect((await rig().ask(`${session.path}/events`, { headers })).status).toBe(400);
      expect((await rig().ask('/agents/sessions/nope/events')).status).toBe(404);
    });
  });
}
