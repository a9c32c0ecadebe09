/** 2: paging, safe retries and the description of the API. */
import { describe, expect, test } from 'bun:test';
import type { Door } from '../support/doors.ts';
import { Rig, type JobView } from '../support/rig.ts';
import { sharedRig } from './shared-rig.ts';

export function additionsSuite(door: Door): void {
  describe('2: paging', () => {
    test('limit, before, status, cancelled and find', async () => {
      await using rig = await Rig.start(door);
      const ids: string[] = [];
      for (let n = 0; n < 7; n += 1) ids.unshift((await rig.run(rig.commands.exit(n % 2))).jobId);
      const list = async (query: string) => (await rig.get<JobView[]>(`/jobs?${query}`)).map(({ jobId }) => jobId);
      expect(await list('limit=3')).toEqual(ids.slice(0, 3));
      expect(await list(`limit=3&before=${ids[2]}`)).toEqual(ids.slice(3, 6));
      expect(await list(`limit=3&before=${ids[5]}`)).toEqual(ids.slice(6));
      expect(await list(`before=${ids[6]}`)).toEqual([]);
      expect(await list('status=completed')).toEqual(ids.filter((_, index) => index % 2 === 0));
      expect(await list('status=failed&limit=2')).toEqual([ids[1], ids[3]] as string[]);
      expect(await list(`status=failed&before=${ids[3]}`)).toEqual([ids[5]] as string[]);
      expect(await list('status=timeout')).toEqual([]);
      expect(await list('cancelled=true')).toEqual([]);
      expect(await list('status=failed&cancelled=false&limit=1')).toEqual([ids[1]] as string[]);
      const gate = rig.gate();
      const running = await rig.exec(rig.commands.waitForFile(gate.path));
      await rig.running(running);
      expect(await list('status=running')).toEqual([running]);
      const found = new URLSearchParams({ find: 'EXIT 1' });
      expect(await list(`${found}`)).toEqual([ids[1], ids[3], ids[5]] as string[]);
      expect(await list('find=no+such+command')).toEqual([]);
      gate.open();
      await rig.finished(running);
      const cancelled = await rig.exec(rig.commands.hang(rig.marker()));
      await rig.post(`/jobs/${cancelled}/cancel`, {});
      await rig.finished(cancelled);
      expect(await list('cancelled=true&status=failed')).toEqual([cancelled]);
      expect(await list('cancelled=false&status=failed')).not.toContain(cancelled);
      expect(await list('status=running')).toEqual([]);
    });
  });

  describe('2: safe retries', () => {
    const rig = sharedRig(door);
    const submit = (key: string, json: object) => rig().ask('/exec', { json, headers: { 'idempotency-key': key } });

    test('the same key and body: the first job’s id, and one job', async () => {
      const json = { command: rig().commands.print('once'), timeout: 60 };
      const first = await submit('retry-1', json);
      expect(first.status).toBe(202);
      const { jobId } = first.body as { jobId: string };
      for (const again of [json, { timeout: 60, command: json.command }]) {
        const { status, body } = await submit('retry-1', again);
        expect({ status, body }).toEqual({ status: 202, body: { jobId, status: 'pending' } });
      }
      await rig().finished(jobId);
      expect((await submit('retry-1', json)).body).toEqual({ jobId, status: 'pending' });
      expect((await rig().get<JobView[]>('/jobs')).filter(({ command }) => command === json.command)).toHaveLength(1);
    });

    test('another body under the same key: 409', async () => {
      const command = rig().commands.exit(0);
      await submit('retry-2', { command });
      for (const json of [{ command: `${command} ` }, { command, timeout: 5 }, { command, env: {} }]) {
        const { status, body } = await submit('retry-2', json);
        expect({ status, body }).toEqual({ status: 409, body: { error: expect.any(String) } });
      }
    });

    test('another key, or none, is another job', async () => {
      const json = { command: rig().commands.exit(0) };
      const ids = [
        await submit('retry-3', json),
        await submit('retry-4', json),
        await rig().ask('/exec', { json }),
        await rig().ask('/exec', { json }),
      ];
      expect(new Set(ids.map(({ body }) => (body as { jobId: string }).jobId)).size).toBe(4);
    });

    test('retries at the same moment are one job', async () => {
      const json = { command: rig().commands.exit(0) };
      const answers = await Promise.all(Array.from({ length: 10 }, () => submit('retry-5', json)));
      expect(new Set(answers.map(({ body }) => (body as { jobId: string }).jobId)).size).toBe(1);
    });

    test('a request that was refused does not use up its key', async () => {
      expect((await submit('retry-6', { command: '' })).status).toBe(400);
      expect((await submit('retry-6', { command: rig().commands.exit(0) })).status).toBe(202);
    });

    test('a key that is too long: 400', async () => {
      const json = { command: rig().commands.exit(0) };
      expect((await submit('k'.repeat(256), json)).status).toBe(400);
      expect((await submit('k'.repeat(255), json)).status).toBe(202);
    });
  });

  describe('2: the description of the API', () => {
    const rig = sharedRig(door);

    test('/openapi.json and /openapi answer without a key and hold none', async () => {
      const { status, body } = await rig().ask('/openapi.json', { key: null });
      expect(status).toBe(200);
      const paths = Object.keys((body as { paths: object }).paths);
      for (const path of [
        '/exec',
        '/health',
        '/jobs',
        '/jobs/{id}',
        '/jobs/{id}/output',
        '/jobs/{id}/events',
        '/jobs/{id}/input',
        '/jobs/{id}/cancel',
        '/jobs/{id}/nudge',
      ]) {
        expect(paths).toContain(path);
      }
      const page = await rig().request('/openapi', { key: null });
      expect(page.status).toBe(200);
      expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
      for (const text of [await page.text(), JSON.stringify(body)]) expect(text).not.toContain(rig().key);
    });
  });
}
