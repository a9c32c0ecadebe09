import { describe, expect, test } from 'bun:test';
import type { Door } from '../support/doors.ts';
import { textOf, type SseEvent } from '../support/rig-events.ts';
import { fileWith, sharedRig } from './shared-rig.ts';

/** In a row each is named once: cmd.exe writes a text and its line end apart, which may come as two events. */
const kinds = (events: readonly SseEvent[]) =>
  events.map(({ event }) => event).filter((kind, index, all) => kind !== all[index - 1]);
const ids = (events: readonly SseEvent[]) => events.map(({ id }) => id);

export function followSuite(door: Door): void {
  const posixOnly = door.platform === 'posix';

  describe('2: following a job', () => {
    const rig = sharedRig(door);

    test('status, output as it comes, end; numbered from 1', async () => {
      const { commands } = rig();
      const gate = rig().gate();
      const id = await rig().exec(
        commands.chain(
          commands.print('one'),
          commands.waitForFile(gate.path),
          commands.printError('two'),
          commands.exit(3),
        ),
      );
      const events = await rig().events(id, {
        until: ({ event }) => {
          // The first line is here while the job still waits: it was not held back.
          if (event === 'stdout') gate.open();
          return false;
        },
      });
      expect(kinds(events)).toEqual(['status', 'stdout', 'stderr', 'end']);
      expect(ids(events)).toEqual(events.map((_, index) => index + 1));
      expect(events[0]?.data).toEqual({ jobId: id, status: 'running' });
      expect(textOf(events, 'stdout').trimEnd()).toBe('one');
      expect(events[1]?.data).toMatchObject({ offset: 0 });
      if (posixOnly) expect(events[1]?.data).toMatchObject({ bytes: 4 });
      expect(textOf(events, 'stderr').trimEnd()).toBe('two');
      expect(events.at(-1)?.data).toEqual({
        jobId: id,
        status: 'failed',
        exitCode: 3,
        durationMs: expect.any(Number),
        timedOut: false,
        cancelled: false,
      });
    });

    test('the headers of an event stream', async () => {
      const { jobId } = await rig().run(rig().commands.print('x'));
      const response = await rig().request(`/jobs/${jobId}/events`);
      expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
      expect(response.headers.get('cache-control')).toBe('no-store');
      await response.body?.cancel();
    });

    test('a finished job is told whole, and the same to everybody', async () => {
      const { jobId } = await rig().run(rig().commands.count(50));
      const first = await rig().events(jobId);
      expect(textOf(first, 'stdout').replaceAll('\r', '')).toBe(
        Array.from({ length: 50 }, (_, n) => `${n + 1}\n`).join(''),
      );
      expect(first.at(-1)?.event).toBe('end');
      expect(await rig().events(jobId)).toEqual(first);
    });

    test('Last-Event-ID: what came after it, nothing lost and nothing twice', async () => {
      const { jobId } = await rig().run(
        rig().commands.chain(rig().commands.print('a'), rig().commands.printError('b')),
      );
      const all = await rig().events(jobId);
      for (let seen = 0; seen < all.length; seen += 1) {
        expect(await rig().events(jobId, { lastEventId: seen })).toEqual(all.slice(seen));
      }
    });

    test('coming back after the end: 204, which tells an EventSource to stop', async () => {
      const { jobId } = await rig().run(rig().commands.print('x'));
      const last = (await rig().events(jobId)).at(-1)?.id ?? 0;
      for (const seen of [last, last + 100]) {
        const response = await rig().request(`/jobs/${jobId}/events`, { headers: { 'last-event-id': String(seen) } });
        expect({ status: response.status, text: await response.text() }).toEqual({ status: 204, text: '' });
      }
      const since = await rig().request(`/jobs/${jobId}/events?since=${last}`);
      expect(since.status).toBe(204);
    });

    test('leaving and coming back while the job runs', async () => {
      const { commands } = rig();
      const [second, third] = [rig().gate(), rig().gate()];
      const id = await rig().exec(
        commands.chain(
          commands.print('1'),
          commands.waitForFile(second.path),
          commands.print('2'),
          commands.waitForFile(third.path),
          commands.print('3'),
        ),
      );
      const seen = await rig().events(id, { until: ({ event }) => event === 'stdout' });
      second.open();
      await rig().printed(id, '2');
      const more = await rig().events(id, {
        lastEventId: seen.at(-1)?.id ?? 0,
        until: ({ event }) => event === 'stdout',
      });
      third.open();
      await rig().finished(id);
      const rest = await rig().events(id, { lastEventId: more.at(-1)?.id ?? 0 });
      const all = [...seen, ...more, ...rest];
      expect(textOf(all, 'stdout').replaceAll('\r', '')).toBe('1\n2\n3\n');
      expect(ids(all)).toEqual(all.map((_, index) => index + 1));
    });

    test('a follower who leaves disturbs neither the server nor another follower', async () => {
      const { commands } = rig();
      const gate = rig().gate();
      const id = await rig().exec(
        commands.chain(commands.print('begun'), commands.waitForFile(gate.path), commands.print('end')),
      );
      const stays = rig().events(id);
      for (let n = 0; n < 3; n += 1) await rig().events(id, { until: ({ event }) => event === 'status' });
      expect((await rig().ask('/health')).status).toBe(200);
      gate.open();
      expect(kinds(await stays).at(-1)).toBe('end');
    });

    test('the only follower leaves: the server goes on answering', async () => {
      const gate = rig().gate();
      const id = await rig().exec(rig().commands.waitForFile(gate.path));
      await rig().events(id, { until: ({ event }) => event === 'status' });
      expect((await rig().ask('/health')).status).toBe(200);
      gate.open();
      expect((await rig().finished(id)).status).toBe('completed');
      expect(kinds(await rig().events(id))).toEqual(['status', 'end']);
    });

    test('a job that waits in the queue is followed from its start', async () => {
      const gate = rig().gate();
      const id = await rig().exec(
        rig().commands.chain(rig().commands.waitForFile(gate.path), rig().commands.print('x')),
      );
      const following = rig().events(id);
      gate.open();
      expect(kinds(await following)).toEqual(['status', 'stdout', 'end']);
    });

    test('cancel and timeout are told in the end event', async () => {
      const marker = rig().marker();
      const cancelled = await rig().exec(rig().commands.hang(marker));
      const following = rig().events(cancelled);
      await rig().running(cancelled);
      await rig().post(`/jobs/${cancelled}/cancel`);
      expect((await following).at(-1)?.data).toMatchObject({
        status: 'failed',
        exitCode: -1,
        cancelled: true,
        timedOut: false,
      });
      const slow = await rig().exec(rig().commands.hang(marker), { timeout: 0.2 });
      expect((await rig().events(slow)).at(-1)?.data).toMatchObject({
        status: 'timeout',
        exitCode: -1,
        cancelled: false,
        timedOut: true,
      });
    });

    test('large output in pieces that never split a character', async () => {
      const half = Buffer.from('€').subarray(0, 2);
      const file = fileWith(rig(), Buffer.concat([Buffer.from('€'.repeat(80_000)), half]));
      const done = await rig().run(rig().commands.printFile(file));
      const events = await rig().events(done.jobId);
      const pieces = events.filter(({ event }) => event === 'stdout');
      expect(pieces.length).toBeGreaterThan(1);
      expect(textOf(events, 'stdout')).toBe(`${'€'.repeat(80_000)}\ufffd`);
      let at = 0;
      for (const { data } of pieces) {
        expect(data.offset).toBe(at);
        at += data.bytes ?? 0;
      }
      expect(at).toBe(240_002);
    });
  });
}
