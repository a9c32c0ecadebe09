/** Machine 4: which ports of the machine something listens on. */
import { describe, expect, test } from 'bun:test';
import type { PortList } from '../../src/protocol/ports.ts';
import type { Door } from '../support/doors.ts';
import { readEvents } from '../support/rig-events.ts';
import { sharedRig } from './shared-rig.ts';
import { addKey } from './suite-keys.ts';

export function portsSuite(door: Door): void {
  describe('ports', () => {
    const rig = sharedRig(door);
    const listen = () => Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } });
    const listed = async (key?: string) =>
      ((await rig().ask('/ports', key === undefined ? {} : { key })).body as PortList).items;

    // In Wine the tables of Windows have the sockets of its own programs alone: there this one listens unseen.
    const seesUs = door.platform === 'posix';
    const story = seesUs ? test : test.skip;
    if (!seesUs) {
      process.stdout.write(
        `ports, ${door.name}: no stories of what this program listens on, the server does not see it\n`,
      );
      test('the server’s own port is listed, with its process', async () => {
        expect((await listed()).filter(({ port }) => port === rig().port)).toMatchObject([
          { address: '127.0.0.1', family: 'ipv4', protocol: 'tcp', command: expect.stringContaining('.exe') },
        ]);
      });
    }

    story('GET /ports has each socket that listens, by port', async () => {
      using listener = listen();
      const items = await listed();
      expect(items.filter(({ port }) => port === listener.port)).toMatchObject([
        { address: '127.0.0.1', family: 'ipv4', protocol: 'tcp' },
      ]);
      expect(items.map(({ port }) => port)).toEqual(items.map(({ port }) => port).toSorted((a, b) => a - b));
      const [one] = items.filter(({ port }) => port === listener.port);
      const again = (await listed()).filter(({ port }) => port === listener.port);
      expect(again).toEqual(one === undefined ? [] : [one]);
    });

    story('a key that is restricted to ports sees those alone; one without observe sees none', async () => {
      using mine = listen();
      using other = listen();
      const { key } = await addKey(rig(), ['observe'], { ports: `${mine.port}` });
      expect((await listed(key)).map(({ port }) => port)).toEqual([mine.port]);
      expect((await listed()).map(({ port }) => port)).toContain(other.port);
      const narrow = await addKey(rig(), ['ports']);
      expect(await rig().ask('/ports', { key: narrow.key })).toMatchObject({ status: 403, body: { scope: 'observe' } });
      expect(await rig().ask('/ports/events', { key: narrow.key })).toMatchObject({ status: 403 });
    });

    story('http=1 tells which speak HTTP, of whoever asks for it; nobody is connected to otherwise', async () => {
      let connections = 0;
      using silent = Bun.listen({
        hostname: '127.0.0.1',
        port: 0,
        socket: { open: () => void (connections += 1), data() {} },
      });
      using greets = Bun.listen({
        hostname: '127.0.0.1',
        port: 0,
        socket: { open: (socket) => void socket.write('SSH-2.0-x\r\n'), data() {} },
      });
      using speaks = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response('hello') });
      const { port: own } = rig();
      const ask = async (query: string) => {
        const { items } = (await rig().ask(`/ports${query}`)).body as PortList;
        return [silent.port, greets.port, speaks.port, own].map(
          (port) => items.find((item) => item.port === port)?.http,
        );
      };
      expect(await ask('')).toEqual([undefined, undefined, undefined, undefined]);
      expect(await ask('?http=0')).toEqual([undefined, undefined, undefined, undefined]);
      expect(connections).toBe(0);
      expect(await ask('?http=1')).toEqual([false, false, true, undefined]);
      expect(connections).toBe(1);
      const narrow = await addKey(rig(), ['observe'], { ports: `${silent.port}` });
      expect(await rig().ask('/ports?http=1', { key: narrow.key })).toMatchObject({
        status: 403,
        body: { scope: 'ports' },
      });
      for (const query of ['?http=yes', '?htp=1']) expect((await rig().ask(`/ports${query}`)).status).toBe(400);
      expect(connections).toBe(1);
    });

    story('GET /ports/events begins with what listens and tells what opens and closes', async () => {
      using before = listen();
      const abort = new AbortController();
      const response = await rig().request('/ports/events', { signal: abort.signal });
      const told: string[] = [];
      const ports: number[] = [];
      let later: ReturnType<typeof listen> | undefined;
      await readEvents(
        response,
        ({ event, data }) => {
          const port = Number(data['port']);
          if (port === before.port || port === later?.port) told.push(`${event} ${port}`);
          if (port === before.port && event === 'open') {
            later = listen();
            ports.push(later.port);
          }
          if (port === later?.port && event === 'open') later?.stop(true);
          return port === later?.port && event === 'close';
        },
        () => abort.abort(),
      );
      const [port] = ports;
      expect(told).toEqual([`open ${before.port}`, `open ${port}`, `close ${port}`]);
    });

    const refusals: readonly [string, string, number, string][] = [
      ['no port', '/ports/x/', 400, 'port must be a whole number from 1 to 65535'],
      ['no such port', '/ports/65536/', 400, 'port must be a whole number from 1 to 65535'],
      ['a zero in front', '/ports/08585/', 400, 'port must be a whole number from 1 to 65535'],
      ['a port written otherwise', '/ports/0x50/', 400, 'port must be a whole number from 1 to 65535'],
    ];
    test.each(refusals)('%s: %s', async (_what, path, status, error) => {
      expect(await rig().ask(path)).toMatchObject({ status, body: { error } });
    });

    test('nobody listens: 502; without the slash: 308; every answer is sandboxed', async () => {
      const gone = listen();
      const { port } = gone;
      gone.stop(true);
      const { status, body, headers } = await rig().ask(`/ports/${port}/x`);
      expect([status, body]).toEqual([502, { error: `nothing listens on port ${port}` }]);
      expect(headers.get('content-security-policy')).toBe('sandbox');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      const moved = await rig().request(`/ports/${port}?a=b`, { redirect: 'manual' });
      expect([moved.status, moved.headers.get('location')]).toEqual([308, `/ports/${port}/?a=b`]);
      expect(moved.headers.get('content-security-policy')).toBe('sandbox');
    });

    test('a key reaches its ports alone, with the scope for it; without a key nobody does', async () => {
      using mine = listen();
      using other = listen();
      const narrow = await addKey(rig(), ['ports'], { ports: String(mine.port) });
      expect(await rig().ask(`/ports/${other.port}/`, { key: narrow.key })).toMatchObject({
        status: 403,
        body: { error: `this API key may not reach port ${other.port}` },
      });
      const looks = await addKey(rig(), ['observe', 'run', 'files:read']);
      const refused = await rig().ask(`/ports/${mine.port}/`, { key: looks.key });
      expect(refused).toMatchObject({ status: 403, body: { scope: 'ports' } });
      expect((await rig().ask(`/ports/${mine.port}/`, { key: null })).status).toBe(401);
    });

    // The server of a Windows door sees the processes of this system, but not which are its own jobs'.
    if (door.platform === 'posix')
      test('a port of a job names the job', async () => {
        const script =
          'const l = Bun.listen({hostname:"127.0.0.1",port:0,socket:{data(){}}}); console.log("port=" + l.port + ".")';
        const job = await rig().exec(`${process.execPath} -e '${script}'`);
        const { stdout } = await rig().printed(job, '.');
        const port = Number(/port=(\d+)\./.exec(stdout)?.[1]);
        expect((await listed()).filter((one) => one.port === port)).toMatchObject([{ jobId: job }]);
        await rig().post(`/jobs/${job}/cancel`);
      });
    else
      process.stdout.write(`ports, ${door.name}: no story of a job that listens, it needs a program of this system\n`);
  });
}
