/** 2: both streams of a job in the order in which they came. */
import { describe, expect, test } from 'bun:test';
import type { Timeline } from '../../src/protocol/timeline.ts';
import type { Door } from '../support/doors.ts';
import { fileWith, sharedRig } from './shared-rig.ts';

export function timelineSuite(door: Door): void {
  describe('2: the timeline', () => {
    const rig = sharedRig(door);
    const timeline = async (id: string, query = '') =>
      (await (await rig().request(`/jobs/${id}/timeline${query}`)).json()) as Timeline;

    test('a job that nobody followed: its streams in the order in which they came, with times', async () => {
      const { commands } = rig();
      const [first, second, third] = [rig().gate(), rig().gate(), rig().gate()];
      const id = await rig().exec(
        commands.chain(
          commands.printError('one'),
          commands.waitForFile(first.path),
          commands.print('two'),
          commands.waitForFile(second.path),
          commands.printError('three'),
          commands.waitForFile(third.path),
          commands.print('four'),
        ),
      );
      const holds = async (word: string, gate: { open: () => void }) => {
        const running = await rig().waitFor(`"${word}"`, async () => {
          const part = await timeline(id);
          return part.entries.some(({ text }) => text.includes(word)) ? part : undefined;
        });
        expect(running.complete).toBe(false);
        gate.open();
      };
      await holds('one', first);
      await holds('two', second);
      await holds('three', third);
      const job = await rig().finished(id);
      const { from, to, total, complete, entries } = await timeline(id);
      const size = (job.stdoutBytes ?? 0) + (job.stderrBytes ?? 0);
      expect({ from, to, total, complete }).toEqual({ from: 0, to: size, total: size, complete: true });
      const words = entries.map(({ stream, text }) => `${stream} ${text.trim()}`);
      const told = (await rig().events(id)).map(({ event, data }) => `${event} ${(data['text'] ?? '').trim()}`);
      // cmd.exe writes a text and its line end apart, which may come as two entries.
      for (const found of [words, told])
        expect(found.filter((one, index) => one !== found[index - 1] && !one.endsWith(' '))).toEqual([
          'stderr one',
          'stdout two',
          'stderr three',
          'stdout four',
        ]);
      const times = entries.map(({ time }) => time);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(times[0] ?? 0).toBeGreaterThanOrEqual(job.startedAt ?? Infinity);
      expect(times.at(-1) ?? Infinity).toBeLessThanOrEqual(Date.now() / 1000);
    });

    test('any part of a long output, by position', async () => {
      const { jobId } = await rig().run(rig().commands.printFile(fileWith(rig(), `${'x'.repeat(2_000_000)}END`)));
      expect(await timeline(jobId, '?from=1999990')).toMatchObject({
        from: 1_999_990,
        to: 2_000_003,
        total: 2_000_003,
        complete: true,
        entries: [{ stream: 'stdout', offset: 1_999_990, bytes: 13, text: 'xxxxxxxxxxEND' }],
      });
      expect(await timeline(jobId, '?from=10&limit=16')).toMatchObject({ from: 10, to: 26, complete: false });
      expect(await timeline(jobId, '?from=99999999')).toEqual({
        from: 2_000_003,
        to: 2_000_003,
        total: 2_000_003,
        complete: true,
        entries: [],
      });
    });

    test('a job without output; parameters that are none; no such job', async () => {
      const { jobId } = await rig().run(rig().commands.exit(0));
      expect(await timeline(jobId)).toEqual({ from: 0, to: 0, total: 0, complete: true, entries: [] });
      for (const query of ['?from=-1', '?limit=15', '?limit=1048577', '?from=x'])
        expect((await rig().request(`/jobs/${jobId}/timeline${query}`)).status).toBe(400);
      expect((await rig().request('/jobs/0123456789ab/timeline')).status).toBe(404);
    });
  });
}
