/** Uploads to a server of its own: clients that leave, many at once, and a server that is killed. */
import { describe, expect, test } from 'bun:test';
import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Rig } from '../../support/rig.ts';
import { CRLF, openRaw, sendRaw } from '../../support/rig-raw.ts';
import { liveServer } from '../../support/doors.ts';
import { waitFor } from '../../support/wait.ts';

const isLinux = process.platform === 'linux';
if (!isLinux) process.stdout.write('open handles are not counted: no /proc on this system\n');

/** What of the folder the server has open. */
const openIn = (rig: Rig): string[] =>
  isLinux
    ? readdirSync(`/proc/${rig.process.pid}/fd`).flatMap((fd) => {
        try {
          const path = readlinkSync(`/proc/${rig.process.pid}/fd/${fd}`);
          return path.startsWith(rig.place.cwd) ? [path] : [];
        } catch {
          return [];
        }
      })
    : [];

const names = (rig: Rig) => readdirSync(rig.place.cwd).toSorted();
const notes = (rig: Rig) => {
  const folder = join(rig.place.data, 'files', 'staged');
  return existsSync(folder) ? readdirSync(folder) : [];
};
const at = (rig: Rig, name: string, route = '/files') =>
  `${route}?path=${encodeURIComponent(join(rig.place.cwd, name))}`;
const headOf = (rig: Rig, method: string, target: string, ...lines: string[]) =>
  [`${method} ${target} HTTP/1.1`, `Host: 127.0.0.1:${rig.port}`, `X-API-Key: ${rig.key}`, ...lines, '', ''].join(CRLF);

describe('a client that leaves', () => {
  const LENGTH = 3_000_000;
  test.each([
    ['PUT', '/files', '', 'old'],
    ['POST', '/files/append', '', 'old'],
    ['PUT', '/files', '&inPlace=1', undefined],
  ])('%s %s %s: at every point of an upload', async (method, route, query, content) => {
    await using rig = await Rig.start(liveServer);
    writeFileSync(join(rig.place.cwd, 'a'), 'old');
    const target = `${at(rig, 'a', route)}${query}`;
    for (const framing of [`Content-Length: ${LENGTH}`, 'Transfer-Encoding: chunked']) {
      const head = headOf(rig, method, target, framing);
      const piece = framing.startsWith('T') ? `40000${CRLF}${'x'.repeat(0x40000)}${CRLF}` : 'x'.repeat(0x40000);
      for (const sent of ['', 'x', piece, piece.repeat(3), piece.repeat(8)]) {
        using client = await openRaw(rig.port, head + sent);
        if (sent.length > 1 && isLinux) await waitFor('the upload to begin', () => openIn(rig).length > 0);
        client.socket.destroy();
        await waitFor('its handles to be closed', () => openIn(rig).length === 0);
        await waitFor('what it left to be removed', () => names(rig).join() === 'a' && notes(rig).length === 0);
        if (content !== undefined) expect(readFileSync(join(rig.place.cwd, 'a'), 'utf8')).toBe(content);
      }
    }
    // The lock is free, and the server is there.
    expect(await rig.ask(at(rig, 'a'), { method: 'PUT', body: 'new' })).toMatchObject({ status: 200 });
    expect(readFileSync(join(rig.place.cwd, 'a'), 'utf8')).toBe('new');
  });

  test('before it has sent all of it, and still listens, is told that the body is incomplete', async () => {
    await using rig = await Rig.start(liveServer);
    writeFileSync(join(rig.place.cwd, 'a'), 'old');
    const { status } = await sendRaw(
      rig.port,
      `${headOf(rig, 'PUT', at(rig, 'a'), 'Transfer-Encoding: chunked')}3${CRLF}new${CRLF}zz${CRLF}`,
    );
    expect([400, 0]).toContain(status);
    expect(readFileSync(join(rig.place.cwd, 'a'), 'utf8')).toBe('old');
    await waitFor('its handles to be closed', () => openIn(rig).length === 0);
  });
});

test('1,000 writes at once, ten to each of a hundred files: every file is one of those that were sent', async () => {
  await using rig = await Rig.start(liveServer);
  const bodyOf = (turn: number) => `${turn}:`.repeat(2000);
  const answers = await Promise.all(
    Array.from({ length: 1000 }, async (_, turn) => {
      const answer = await rig.request(at(rig, `file-${turn % 100}`), { method: 'PUT', body: bodyOf(turn) });
      await answer.body?.cancel();
      return answer.status;
    }),
  );
  expect(answers.filter((status) => status !== 200 && status !== 201)).toEqual([]);
  expect(names(rig)).toHaveLength(100);
  for (let file = 0; file < 100; file += 1) {
    const content = readFileSync(join(rig.place.cwd, `file-${file}`), 'utf8');
    const turn = Number.parseInt(content, 10);
    expect(turn % 100).toBe(file);
    expect(content).toBe(bodyOf(turn));
  }
  await waitFor('handles to be closed', () => openIn(rig).length === 0);
  expect(notes(rig)).toEqual([]);
});

test('a server that is killed in the middle of an upload removes what it left when it starts again', async () => {
  await using rig = await Rig.start(liveServer);
  writeFileSync(join(rig.place.cwd, 'a'), 'old');
  using _client = await openRaw(
    rig.port,
    headOf(rig, 'PUT', at(rig, 'a'), 'Content-Length: 3000000') + 'x'.repeat(900_000),
  );
  await waitFor('the upload to begin', () => names(rig).length === 2);
  await rig.kill9();
  expect(names(rig)[0]).toMatch(/^\.a\.[\da-f]{12}\.agent-server$/);
  await rig.restart();
  await waitFor('what was left to be removed', () => names(rig).join() === 'a' && notes(rig).length === 0);
  expect(readFileSync(join(rig.place.cwd, 'a'), 'utf8')).toBe('old');
});

test('a key that ends in the middle of an upload leaves the old file', async () => {
  await using rig = await Rig.start(liveServer);
  writeFileSync(join(rig.place.cwd, 'a'), 'old');
  const { id, key } = await rig.post<{ id: string; key: string }>('/keys', { name: 'short', scopes: ['files:write'] });
  const head = headOf(rig, 'PUT', at(rig, 'a'), 'Content-Length: 1000').replace(rig.key, key);
  using client = await openRaw(rig.port, `${head}${'x'.repeat(500)}`);
  await waitFor('the upload to begin', () => names(rig).length === 2);
  expect(await rig.ask(`/keys/${id}`, { method: 'DELETE' })).toMatchObject({ status: 200 });
  client.socket.write('x'.repeat(500));
  await waitFor('it to be refused', () => names(rig).join() === 'a');
  expect(readFileSync(join(rig.place.cwd, 'a'), 'utf8')).toBe('old');
});

describe('a copy that takes longer than 2 seconds', () => {
  /** An append to the target keeps it waiting, until the client sends the rest. */
  const waiting = async (rig: Rig) => {
    writeFileSync(join(rig.place.cwd, 'from'), 'copied');
    writeFileSync(join(rig.place.cwd, 'to'), 'old');
    const client = await openRaw(
      rig.port,
      `${headOf(rig, 'POST', at(rig, 'to', '/files/append'), 'Content-Length: 2')}!`,
    );
    await waitFor('the append to begin', () => !isLinux || openIn(rig).length > 0);
    const paths = { from: join(rig.place.cwd, 'from'), to: join(rig.place.cwd, 'to') };
    const { status, body } = await rig.ask('/files/copy', { json: { ...paths, overwrite: true } });
    expect(status).toBe(202);
    return { client, id: (body as { jobId: string }).jobId };
  };

  test('goes on as a job, whose output tells how far it is', async () => {
    await using rig = await Rig.start(liveServer);
    const { client, id } = await waiting(rig);
    using _client = client;
    expect(await rig.job(id)).toMatchObject({ mode: 'file_copy', status: 'running' });
    const entries = await rig.get<object[]>('/audit');
    expect(entries).toContainEqual(expect.objectContaining({ route: '/files/copy', what: { job: id }, status: 202 }));
    expect((await rig.printed(id, '{"files":1,"bytes":6}')).status).toBe('running');
    expect(readFileSync(join(rig.place.cwd, 'to'), 'utf8')).toBe('old!');
    client.socket.write('!');
    expect(await rig.finished(id)).toMatchObject({ status: 'completed', exitCode: 0 });
    expect(readFileSync(join(rig.place.cwd, 'to'), 'utf8')).toBe('copied');
    expect(names(rig)).toEqual(['from', 'to']);
  });

  test('is ended by a cancel of the job, and leaves what was there', async () => {
    await using rig = await Rig.start(liveServer);
    const { client, id } = await waiting(rig);
    using _client = client;
    expect(await rig.post(`/jobs/${id}/cancel`)).toMatchObject({ cancelled: true });
    client.socket.write('!');
    expect(await rig.finished(id)).toMatchObject({ cancelled: true });
    expect(readFileSync(join(rig.place.cwd, 'to'), 'utf8')).toBe('old!!');
    expect(names(rig)).toEqual(['from', 'to']);
  });

  test('ends with the server, and is no mode of POST /exec', async () => {
    await using rig = await Rig.start(liveServer);
    const { client, id } = await waiting(rig);
    expect(await rig.ask('/exec', { json: { mode: 'file_copy', command: 'x' } })).toMatchObject({ status: 400 });
    client[Symbol.dispose]();
    await rig.finished(id);
    await rig.restart();
    expect(names(rig)).toEqual(['from', 'to']);
  });
});
