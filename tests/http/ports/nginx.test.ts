/** Ports behind nginx, by the configuration of docs/ports.md as it stands there but for ports and paths of this machine. */
import { expect, test } from 'bun:test';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { liveServer } from '../../support/doors.ts';
import { Rig } from '../../support/rig.ts';
import { waitFor } from '../../support/wait.ts';

const NAME = 'ports.example.com';
const [nginx, openssl] = ['nginx', 'openssl'].map((program) => Bun.which(program));
const missing = nginx === null || openssl === null;
if (missing)
  process.stdout.write(
    'ports behind nginx: skipped, nginx or openssl is not there (apt-get install nginx-light openssl)\n',
  );

const documented = (): string => {
  const text = readFileSync(resolve(import.meta.dir, '../../../docs/ports.md'), 'utf8');
  const [, block] = /```nginx ports\.conf\n([^]*?)```/.exec(text) ?? [];
  if (block === undefined) throw new Error('docs/ports.md has no ports.conf');
  return block;
};

test.skipIf(missing)('the address of a ticket, a page, an upload, a stream and a socket go through', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'agent-server-nginx-'));
  const port = freePort();
  await using rig = await Rig.start(liveServer, { flags: { 'ports-host': `${NAME}:${port}` } });
  using target = app();
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const conf = documented()
    .replace('listen 443 ssl', `listen 127.0.0.1:${port} ssl`)
    .replace('127.0.0.1:8585', `127.0.0.1:${rig.port}`)
    .replaceAll('/etc/ssl/', `${folder}/`);
  certificate(folder);
  mkdirSync(join(folder, 'temp'));
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${folder}/temp/${kind};`,
  );
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/errors;
events {}
http { access_log off; ${temp.join(' ')}
${conf}}
`,
  );
  const child = Bun.spawn({
    cmd: [nginx ?? '', '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'errors')],
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  stack.defer(async () => {
    child.kill('SIGKILL');
    await child.exited;
  });
  await waitFor('nginx to listen', async () => {
    if (child.exitCode !== null) throw new Error(`nginx has ended: ${readFileSync(join(folder, 'errors'), 'utf8')}`);
    const socket = await Bun.connect({ hostname: '127.0.0.1', port, socket: { data() {} } }).catch(() => undefined);
    socket?.end();
    return socket === undefined ? undefined : true;
  });

  const { url } = await rig.post<{ url: string }>('/tickets', { port: target.port });
  const { origin, host, pathname, search } = new URL(url);
  expect(origin).toBe(`https://p${target.port}.${NAME}:${port}`);
  const ask = (path: string, init: Omit<RequestInit, 'headers'> = {}, headers: Readonly<Record<string, string>> = {}) =>
    fetch(`https://127.0.0.1:${port}${path}`, {
      redirect: 'manual',
      ...init,
      headers: { host, ...headers },
      // `serverName` is who is asked for, as by a browser.
      tls: { rejectUnauthorized: false },
    } as RequestInit);
  const entered = await ask(pathname + search);
  expect([entered.status, entered.headers.get('location')]).toEqual([303, '/']);
  const [cookie = ''] = entered.headers.getSetCookie()[0]?.split(';') ?? [];
  expect(cookie).toStartWith('__Host-agent-server-port=');

  expect((await ask('/')).status).toBe(401);
  expect(await (await ask('/', {}, { cookie })).text()).toBe(`https ${host}`);
  const large = new Uint8Array(5_000_000).fill(65);
  const uploaded = await ask('/length', { method: 'PUT', body: large }, { cookie, origin });
  expect(await uploaded.text()).toBe('5000000');
  const reader = (await ask('/stream', {}, { cookie })).body?.getReader();
  expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('data: 1\n\n');
  await reader?.cancel();

  const said = Promise.withResolvers<string>();
  const socket = new WebSocket(`wss://127.0.0.1:${port}/socket`, {
    headers: { host, cookie, origin },
    tls: { rejectUnauthorized: false },
  } as unknown as string[]);
  socket.addEventListener('open', () => socket.send('hello'));
  socket.addEventListener('message', ({ data }: MessageEvent<string>) => said.resolve(data));
  socket.addEventListener('close', ({ code }) => said.reject(new Error(`closed with ${code}`)));
  expect(await said.promise).toBe('hello');
  socket.close();
});

function app() {
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request, listener) {
      const { pathname } = new URL(request.url);
      if (pathname === '/socket') return listener.upgrade(request) ? undefined : new Response('no', { status: 400 });
      if (pathname === '/length') return new Response(String((await request.bytes()).length));
      if (pathname === '/stream')
        return new Response(
          new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('data: 1\n\n')) }),
        );
      const { headers } = request;
      return new Response(`${headers.get('x-forwarded-proto')} ${headers.get('x-forwarded-host')}`);
    },
    websocket: { message: (socket, text) => void socket.send(text) },
  });
  return { port: server.port, [Symbol.dispose]: () => void server.stop(true) };
}

function certificate(folder: string): void {
  const { exitCode, stderr } = Bun.spawnSync({
    cmd: [
      openssl ?? '',
      ...'req -x509 -newkey rsa:2048 -nodes -days 1'.split(' '),
      '-subj',
      `/CN=*.${NAME}`,
      '-keyout',
      join(folder, `${NAME}.key`),
      '-out',
      join(folder, `${NAME}.pem`),
    ],
  });
  if (exitCode !== 0) throw new Error(stderr.toString());
}

function freePort(): number {
  const listener = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } });
  const { port } = listener;
  listener.stop(true);
  return port;
}
