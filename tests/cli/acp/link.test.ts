/** The line to a door, with a clock that only moves when told: when it is tried again, and when no more. */
import { describe, expect, test } from 'bun:test';
import { KeptFrames } from '../../../src/cli/acp/kept-frames.ts';
import { verdictOf } from '../../../src/cli/acp/verdict.ts';
import { settle } from '../../support/sandbox.ts';
import { frame, Story, type Socket } from './link-story.ts';

describe('a line that breaks', () => {
  test('is tried after 0.1 s, doubling to 5 s, for ten minutes; then it is given up with what was wrong', async () => {
    const story = await Story.connected();
    story.socket.break();
    const pauses: number[] = [];
    for (let from = story.clock.now(); story.failures.length === 0;) {
      const before = story.sockets.length;
      while (story.sockets.length === before && story.failures.length === 0) await story.after(50);
      if (story.failures.length > 0) break;
      pauses.push(story.clock.now() - from);
      from = story.clock.now();
      story.socket.break();
    }
    expect(pauses.slice(0, 8)).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000]);
    const total = pauses.reduce((sum, pause) => sum + pause, 0);
    expect(total).toBeGreaterThan(590_000);
    expect(total).toBeLessThanOrEqual(600_000);
    expect(story.failures).toEqual([
      { reason: 'unreachable', detail: 'the connection was closed (1006)', wasReached: true },
    ]);
    // Going on with the connection starts nothing, so nothing was asked again.
    expect(story.asked).toBe(1);
  });

  test('is tried at times that differ, between half of the pause and all of it', async () => {
    const story = await Story.connected();
    story.random = 0.999;
    story.socket.break();
    expect(await story.after(49)).toBe(1);
    expect(await story.after(2)).toBe(2);
  });

  test('begins with the shortest pause again when it got further, and not when it only opened', async () => {
    const story = await Story.connected();
    const breakAfter = async (frames: number): Promise<number> => {
      for (let count = 0; count < frames; count += 1) story.socket.reader.message('{}');
      story.socket.break();
      const before = story.sockets.length;
      const from = story.clock.now();
      while (story.sockets.length === before) await story.after(50);
      story.socket.open(1);
      return story.clock.now() - from;
    };
    expect([await breakAfter(0), await breakAfter(0), await breakAfter(1), await breakAfter(0)]).toEqual([
      100, 200, 100, 200,
    ]);
    await story.after(5000);
    expect(await breakAfter(0)).toBe(100);
  });

  test('goes on where the other side says, frame by frame', async () => {
    const story = await Story.connected();
    for (const text of ['b', 'c', 'd']) story.link.send(frame(text));
    for (const text of ['{}', '{}']) story.socket.reader.message(text);
    story.socket.break();
    story.link.send(frame('e'));
    await story.after(100);
    expect(story.socket.headers).toEqual({
      'X-API-Key': 'k',
      'Acp-Connection-Id': 'c1',
      'Acp-Received-Frames': '2',
    });
    story.socket.open(2);
    expect(story.socket.sent).toEqual(['c', 'd', 'e']);
    expect(story.lost).toEqual([]);
  });

  test('is noticed before something is sent into silence, so that it is not lost with the connection', async () => {
    const story = await Story.connected();
    const old = story.socket;
    old.isStale = true;
    story.link.send(frame('b'));
    expect(old.sent).toEqual(['a']);
    await story.after(100);
    story.socket.reader.refused(404, '{"error":"unknown connection"}');
    await settle();
    story.socket.open();
    expect(story.lost).toEqual(['a']);
    expect(story.socket.sent).toEqual(['b']);
  });

  test.each([
    ['unknown there', (socket: Socket) => socket.reader.refused(404, '{"error":"unknown connection"}')],
    ['no longer kept', (socket: Socket) => socket.reader.refused(410, '{"error":"gone"}')],
    ['counted as it cannot be', (socket: Socket) => socket.reader.refused(400, '{"error":"beyond the last"}')],
    ['answered with a count that cannot be', (socket: Socket) => socket.open(99)],
  ])('of a connection that is %s is opened anew: what was sent is lost, the rest is sent', async (_, answer) => {
    const story = await Story.connected();
    story.link.send(frame('b'));
    story.socket.break();
    story.link.send(frame('c'));
    await story.after(100);
    answer(story.socket);
    await settle();
    expect(story.asked).toBe(2);
    expect(story.socket.headers).toEqual({ 'X-API-Key': 'k' });
    story.socket.open();
    expect(story.lost).toEqual(['a', 'b']);
    expect(story.socket.sent).toEqual(['c']);
  });

  test('is left alone while nobody needs it, and opened again for the next message', async () => {
    const story = await Story.connected();
    story.link.isNeeded = false;
    story.link.answered('none');
    story.socket.break();
    // `a` has not arrived, as far as is known.
    expect(await story.after(100)).toBe(2);
    story.socket.open(1);
    story.socket.break();
    expect(await story.after(60_000)).toBe(2);
    story.link.send(frame('b'));
    await settle();
    expect(story.sockets).toHaveLength(3);
  });
});

describe('the end', () => {
  test('lets out what is queued, and waits until the server has it', async () => {
    const story = await Story.connected();
    story.link.finish();
    expect(story.socket.isClosed).toBe(true);
    expect(story.failures).toEqual([]);
    // The close did not arrive: whether the frames did, the server tells.
    story.socket.break();
    await story.after(100);
    story.socket.open(0);
    expect(story.socket.sent).toEqual(['a']);
    expect(story.socket.isClosed).toBe(true);
    story.socket.reader.closed(1000, '');
    expect(story.failures).toEqual([undefined]);
  });

  test('is at once where the connection is not known any more, and with it nothing that could be sent again', async () => {
    const story = await Story.connected();
    story.link.finish();
    story.socket.break();
    await story.after(100);
    story.socket.reader.refused(404, '{"error":"unknown connection"}');
    await settle();
    expect(story.failures).toEqual([undefined]);
    expect(story.sockets).toHaveLength(2);
  });

  test('is at once where nothing is queued', async () => {
    const story = new Story();
    await story.link.check();
    story.link.finish();
    expect(story.failures).toEqual([undefined]);
    expect(story.sockets).toEqual([]);
  });

  test('is a failure where the door was never reached, or refuses', async () => {
    const unreachable = new Story();
    unreachable.door = { ok: false, failure: { reason: 'unreachable', detail: 'connection refused' } };
    await unreachable.link.check();
    expect(unreachable.failures).toEqual([{ reason: 'unreachable', detail: 'connection refused', wasReached: false }]);
  });
});

test('an editor that does not read is not sent more, on the next socket either', async () => {
  const story = await Story.connected();
  story.link.pause();
  expect(story.socket.isPaused).toBe(true);
  story.socket.break();
  await story.after(100);
  story.socket.open(1);
  expect(story.socket.isPaused).toBe(true);
  story.link.resume();
  expect(story.socket.isPaused).toBe(false);
});

test('frames are kept until they are counted, or an answer shows that they have arrived', () => {
  const frames = new KeptFrames();
  for (const text of ['a', 'b', 'c']) frames.add({ ...frame(text), request: text });
  expect(frames.take()).toHaveLength(3);
  frames.answered('b');
  expect(frames.size).toBe(1);
  expect([frames.counted(1), frames.counted(4), frames.counted(Number.NaN)]).toEqual([false, false, false]);
  frames.add(frame('d'));
  expect(frames.hasUnsent).toBe(true);
  frames.rewind();
  expect(frames.take().map(({ text }) => text)).toEqual(['c', 'd']);
  frames.add(frame('e'));
  const { sent, unsent } = frames.clear();
  expect([sent, unsent].map((some) => some.map(({ text }) => text))).toEqual([['c', 'd'], ['e']]);
  expect([frames.size, frames.hasUnsent]).toEqual([0, false]);
});

test('what follows from a refusal', () => {
  const own = '{"error":"no"}';
  const verdict = (status: number, body: string, resuming: boolean, wasReached: boolean) =>
    verdictOf({ reason: 'refused', status, body }, { resuming, wasReached });
  expect([401, 403, 404, 400, 426].map((status) => verdict(status, own, false, false))).toEqual(
    Array.from({ length: 5 }, () => 'final'),
  );
  expect([429, 503].map((status) => verdict(status, own, false, false))).toEqual(['again', 'again']);
  expect([502, 500, 200].map((status) => verdict(status, '<h1>', false, false))).toEqual(['final', 'final', 'final']);
  expect([502, 500, 404, 429, 400].map((status) => verdict(status, '<h1>', true, true))).toEqual(
    Array.from({ length: 5 }, () => 'again'),
  );
  expect([400, 404, 410].map((status) => verdict(status, own, true, true))).toEqual(
    Array.from({ length: 3 }, () => 'connection-gone'),
  );
  expect([401, 403].map((status) => verdict(status, own, true, true))).toEqual(['final', 'final']);
});
