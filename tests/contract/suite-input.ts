/** 2: input and end of input of a job. */
import { describe, expect, test } from 'bun:test';
import type { Door } from '../support/doors.ts';
import { sharedRig } from './shared-rig.ts';

export function inputSuite(door: Door): void {
  const posixOnly = door.platform === 'posix';

  describe('2: input', () => {
    const rig = sharedRig(door);

    test('data reaches the job, eof ends its input', async () => {
      const { commands } = rig();
      // What was sent is there before there is an end.
      const id = await rig().exec(commands.chain(commands.echoLine, commands.sortInput));
      await rig().running(id);
      const accepted = { accepted: true, processAlive: true };
      expect(await rig().post(`/jobs/${id}/input`, { data: 'now\n' })).toEqual(accepted);
      await rig().printed(id, '[now]\n');
      expect(await rig().post(`/jobs/${id}/input`, { data: 'one\ntwo\n', eof: false })).toEqual(accepted);
      expect(await rig().post(`/jobs/${id}/input`, {})).toEqual(accepted);
      expect(await rig().post(`/jobs/${id}/input`, { data: 'zwölf\n', eof: true })).toEqual(accepted);
      expect(await rig().finished(id)).toMatchObject({
        status: 'completed',
        exitCode: 0,
        stdout: '[now]\none\ntwo\nzwölf\n',
      });
    });

    // No program that every Windows has copies bytes from its input as they are.
    test.if(posixOnly)('bytes that are not text go as base64', async () => {
      const id = await rig().exec('cat');
      await rig().post(`/jobs/${id}/input`, { data: 'a', dataBase64: 'AAH/', eof: true });
      await rig().finished(id);
      const raw = await rig().request(`/jobs/${id}/output`);
      expect(await raw.bytes()).toEqual(new Uint8Array([0x61, 0x00, 0x01, 0xff]));
    });

    test('raw bytes reach the job as they are, and eof=1 ends its input', async () => {
      const id = await rig().exec(rig().commands.sortInput);
      await rig().running(id);
      const headers = { 'content-type': 'application/octet-stream' };
      const accepted = { status: 200, body: { accepted: true, processAlive: true } };
      const one = await rig().ask(`/jobs/${id}/input`, { headers, body: Buffer.from('b\n') });
      expect(one).toMatchObject(accepted);
      const last = await rig().ask(`/jobs/${id}/input?eof=1`, { headers, body: Buffer.from('zwölf\na\n') });
      expect(last).toMatchObject(accepted);
      expect((await rig().finished(id)).stdout).toBe('a\nb\nzwölf\n');
    });

    test.if(posixOnly)('raw bytes need not be text', async () => {
      const id = await rig().exec('cat');
      const headers = { 'content-type': 'application/octet-stream' };
      const bytes = new Uint8Array([0, 1, 0xff, 0x7b, 0x0a]);
      await rig().ask(`/jobs/${id}/input?eof=1`, { headers, body: bytes });
      await rig().finished(id);
      expect(await (await rig().request(`/jobs/${id}/output`)).bytes()).toEqual(bytes);
    });

    test('eof=1 ends the input after JSON, too, unless the body says otherwise', async () => {
      const id = await rig().exec(rig().commands.sortInput);
      await rig().running(id);
      await rig().ask(`/jobs/${id}/input?eof=1`, { json: { data: 'b\n', eof: false } });
      expect(await rig().post(`/jobs/${id}/input?eof=1`, { data: 'a\n' })).toMatchObject({ accepted: true });
      expect((await rig().finished(id)).stdout).toBe('a\nb\n');
    });

    test('raw bytes have a limit, an encoding of none, and a job that is there', async () => {
      const gate = rig().gate();
      const id = await rig().exec(rig().commands.waitForFile(gate.path));
      await rig().running(id);
      const headers = { 'content-type': 'application/octet-stream' };
      const status = async (path: string, ask: object) => (await rig().ask(path, { headers, ...ask })).status;
      expect(await status(`/jobs/${id}/input`, { body: new Uint8Array(1024 * 1024 + 1) })).toBe(413);
      expect(await status(`/jobs/${id}/input?eof=yes`, { body: 'x' })).toBe(400);
      const packed = { ...headers, 'content-encoding': 'gzip' };
      expect(await status(`/jobs/${id}/input`, { headers: packed, body: 'x' })).toBe(415);
      expect(await status(`/jobs/000000000000/input`, { body: 'x' })).toBe(404);
      gate.open();
      await rig().finished(id);
      const late = await rig().ask(`/jobs/${id}/input`, { headers, body: 'x' });
      expect(late.body).toEqual({ accepted: false, reason: 'process not running', processAlive: false });
    });

    test('base64 comes after the text of the same request', async () => {
      const id = await rig().exec(rig().commands.sortInput);
      const dataBase64 = Buffer.from('c\na\n').toString('base64');
      await rig().post(`/jobs/${id}/input`, { data: 'b', dataBase64, eof: true });
      expect((await rig().finished(id)).stdout).toBe('a\nbc\n');
    });

    test('what is not base64 is refused', async () => {
      const id = await rig().exec(rig().commands.print('x'));
      const { status, body } = await rig().ask(`/jobs/${id}/input`, { json: { dataBase64: '*' } });
      expect({ status, body }).toEqual({ status: 400, body: { error: 'dataBase64 is not base64' } });
    });

    test('input that comes before anybody reads is not lost', async () => {
      const { commands } = rig();
      const gate = rig().gate();
      const id = await rig().exec(commands.chain(commands.waitForFile(gate.path), commands.sortInput));
      await rig().running(id);
      await rig().post(`/jobs/${id}/input`, { data: 'early\n', eof: true });
      gate.open();
      expect((await rig().finished(id)).stdout).toBe('early\n');
    });

    test('after eof there is no more input', async () => {
      const gate = rig().gate();
      const id = await rig().exec(rig().commands.waitForFile(gate.path));
      await rig().running(id);
      await rig().post(`/jobs/${id}/input`, { eof: true });
      const late = { accepted: false, reason: expect.stringContaining('closed'), processAlive: true };
      expect(await rig().post(`/jobs/${id}/input`, { data: 'late' })).toEqual(late);
      expect(await rig().post(`/jobs/${id}/input`, { eof: true })).toEqual(late);
      gate.open();
      await rig().finished(id);
      expect(await rig().post(`/jobs/${id}/input`, { data: 'x' })).toEqual({
        accepted: false,
        reason: 'process not running',
        processAlive: false,
      });
    });

    test('writes from many at once arrive whole, none twice', async () => {
      const id = await rig().exec(rig().commands.sortInput);
      await rig().running(id);
      // Windows' sort takes lines of 4,096 characters; all of them are more than a pipe holds.
      const lines = Array.from({ length: 60 }, (_, n) => `${String(n).padStart(3, '0')}:${'y'.repeat(4_000)}\n`);
      await Promise.all(lines.map((data) => rig().post(`/jobs/${id}/input`, { data })));
      await rig().post(`/jobs/${id}/input`, { eof: true });
      expect((await rig().finished(id)).stdout).toBe(lines.join(''));
    });

    test('a job that does not read does not fill the server', async () => {
      const gate = rig().gate();
      const id = await rig().exec(rig().commands.waitForFile(gate.path));
      await rig().running(id);
      const data = 'z'.repeat(700_000);
      // The pipe holds 64 KiB; the first waits, and a second one would be too much to keep.
      const first = rig().ask(`/jobs/${id}/input`, { json: { data } });
      const second = rig().ask(`/jobs/${id}/input`, { json: { data } });
      const refused = await Promise.race([first, second]);
      expect(refused).toMatchObject({ status: 409, body: { error: expect.any(String) } });
      gate.open();
      await rig().finished(id);
      const answers = [await first, await second].filter(({ status }) => status !== 409);
      // Whether the closed pipe or the ended process is noticed first, nobody can say.
      expect(answers).toMatchObject([{ status: 200, body: { accepted: false, reason: expect.any(String) } }]);
    });
  });
}
