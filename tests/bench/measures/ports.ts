import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, mib, ms, quantile, timed, type Measured } from '../measure.ts';
import { BenchServer } from '../server.ts';

const ROUNDS = 3;
const SECONDS = '3s';
const REQUESTS_GOAL = 0.7;
const P99_GOAL = 1.5;
const ECHOES = 2000;
const ECHO_GOAL_MS = 0.2;
const LARGE_BYTES = 2 * 1024 ** 3;
const MEMORY_GOAL_BYTES = 64 * 1024 ** 2;

/** A port behind this server, beside the same one behind nginx and straight; what wrk and nginx measure needs both on the PATH. */
export async function ports(): Promise<Measured[]> {
  await using server = await BenchServer.start();
  await using target = await Target.start();
  return [
    ...(await againstNginx(server, target)),
    ...(await echoes(server, target)),
    await large(server, target, 'down'),
    await large(server, target, 'up'),
  ];
}

/** A program of its own, so that its work is not this one's. */
class Target implements AsyncDisposable {
  readonly #process: Bun.Subprocess;
  readonly port: number;

  private constructor(process: Bun.Subprocess, port: number) {
    this.#process = process;
    this.port = port;
  }

  static async start(): Promise<Target> {
    const program = Bun.spawn([process.execPath, '-e', PROGRAM], {
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'inherit',
    });
    const { value = new Uint8Array() } = await program.stdout.getReader().read();
    return new Target(program, Number(new TextDecoder().decode(value)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill();
    await this.#process.exited;
  }
}

const PROGRAM = `
  const piece = new Uint8Array(256 * 1024);
  const server = Bun.serve({
    hostname: '127.0.0.1', port: 0, idleTimeout: 0, maxRequestBodySize: Number.MAX_SAFE_INTEGER,
    async fetch(request, server) {
      const { pathname } = new URL(request.url);
      if (pathname === '/echo') return server.upgrade(request) ? undefined : new Response(null, { status: 400 });
      if (pathname === '/up') { let bytes = 0; for await (const part of request.body) bytes += part.length; return new Response(String(bytes)); }
      if (pathname !== '/down') return new Response('hello world');
      let left = ${LARGE_BYTES};
      return new Response(new ReadableStream({ pull(controller) {
        controller.enqueue(piece.slice()); left -= piece.length; if (left <= 0) controller.close();
      } }));
    },
    websocket: { message: (socket, data) => void socket.send(data) },
  });
  process.stdout.write(String(server.port));
`;

async function againstNginx(server: BenchServer, target: Target): Promise<Measured[]> {
  const [nginx, wrk] = [Bun.which('nginx'), Bun.which('wrk')];
  const name = 'requests to a port, of nginx’s';
  if (nginx === null || wrk === null)
    return [{ name, figure: '-', goal: '', detail: 'not measured: it takes nginx and wrk on the PATH' }];
  await using proxy = await Nginx.start(nginx, target.port);
  const door = server.door(`/ports/${target.port}/`);
  const ours = { url: door.url, args: ['-H', `X-API-Key: ${door.headers['x-api-key']}`] };
  const theirs = { url: `http://127.0.0.1:${proxy.port}/`, args: [] };
  const rounds: { readonly ours: Load; readonly theirs: Load }[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const found = { theirs: await load(wrk, theirs), ours: await load(wrk, ours) };
    // The first one warms both up.
    if (round > 0) rounds.push(found);
  }
  const ratio = median(rounds.map((one) => one.ours.perSecond / one.theirs.perSecond));
  const p99 = median(rounds.map((one) => one.ours.p99Ms / one.theirs.p99Ms));
  const middle = (of: (one: (typeof rounds)[number]) => number) => median(rounds.map(of));
  return [
    {
      name,
      figure: `${ratio.toFixed(2)} ×`,
      goal: `≥ ${REQUESTS_GOAL}`,
      met: ratio >= REQUESTS_GOAL,
      detail: `${Math.round(middle((one) => one.ours.perSecond))}/s and ${Math.round(middle((one) => one.theirs.perSecond))}/s`,
    },
    {
      name: 'the same, p99',
      figure: `${p99.toFixed(2)} ×`,
      goal: `≤ ${P99_GOAL}`,
      met: p99 <= P99_GOAL,
      detail: `${ms(middle((one) => one.ours.p99Ms))} and ${ms(middle((one) => one.theirs.p99Ms))}`,
    },
  ];
}

class Nginx implements AsyncDisposable {
  readonly #process: Bun.Subprocess;
  readonly #folder: string;
  readonly port: number;

  private constructor(process: Bun.Subprocess, folder: string, port: number) {
    this.#process = process;
    this.#folder = folder;
    this.port = port;
  }

  /** One worker, with connections to the target that it keeps, as this server does. */
  static async start(program: string, target: number): Promise<Nginx> {
    const folder = await mkdtemp(join(tmpdir(), 'agent-server-nginx-'));
    const socket = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } });
    const { port } = socket;
    socket.stop(true);
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (kind) => `${kind}_temp_path ${folder}/${kind};`,
    );
    await writeFile(
      join(folder, 'nginx.conf'),
      `daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error;
       events { worker_connections 1024; }
       http { access_log off; ${temporary.join(' ')}
         upstream target { server 127.0.0.1:${target}; keepalive 64; }
         server { listen 127.0.0.1:${port}; location / {
           proxy_pass http://target; proxy_http_version 1.1; proxy_set_header Connection ""; } } }`,
    );
    const process = Bun.spawn([program, '-c', join(folder, 'nginx.conf')], { stdout: 'ignore', stderr: 'ignore' });
    while (!existsSync(join(folder, 'pid')) && process.exitCode === null) await Bun.sleep(10);
    return new Nginx(process, folder, port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill('SIGTERM');
    await this.#process.exited;
    await rm(this.#folder, { recursive: true, force: true });
  }
}

interface Load {
  readonly perSecond: number;
  readonly p99Ms: number;
}

async function load(
  wrk: string,
  { url, args }: { readonly url: string; readonly args: readonly string[] },
): Promise<Load> {
  const process = Bun.spawn([wrk, '-t1', '-c16', `-d${SECONDS}`, '--latency', ...args, url], { stdout: 'pipe' });
  const text = await new Response(process.stdout).text();
  const [, perSecond = Number.NaN] = /Requests\/sec:\s+([\d.]+)/.exec(text) ?? [];
  const [, p99 = Number.NaN, unit] = /99%\s+([\d.]+)(us|ms|s)/.exec(text) ?? [];
  if (text.includes('Non-2xx')) throw new Error(text);
  return { perSecond: Number(perSecond), p99Ms: Number(p99) * (unit === 'us' ? 0.001 : unit === 's' ? 1000 : 1) };
}

async function echoes(server: BenchServer, target: Target): Promise<Measured[]> {
  const door = server.door(`/ports/${target.port}/echo`);
  const through = await openEcho(door.url.replace('http', 'ws'), door.headers);
  const straight = await openEcho(`ws://127.0.0.1:${target.port}/echo`, {});
  const times = { through: [] as number[], straight: [] as number[] };
  for (let count = 0; count < ECHOES + 200; count += 1) {
    const took = [await timed(through.echo), await timed(straight.echo)] as const;
    if (count < 200) continue;
    times.through.push(took[0]);
    times.straight.push(took[1]);
  }
  through.close();
  straight.close();
  const more = (q: number) => quantile(times.through, q) - quantile(times.straight, q);
  return [
    {
      name: 'echo of a WebSocket through a port, more than straight, p50',
      figure: ms(more(0.5)),
      goal: `≤ ${ECHO_GOAL_MS} ms`,
      met: more(0.5) <= ECHO_GOAL_MS,
      detail: `${ms(quantile(times.through, 0.5))} and ${ms(quantile(times.straight, 0.5))}; p99 ${ms(quantile(times.through, 0.99))} and ${ms(quantile(times.straight, 0.99))}`,
    },
  ];
}

async function openEcho(url: string, headers: Readonly<Record<string, string>>) {
  // With headers, Bun takes one object.
  const socket = new WebSocket(url, { headers } as unknown as string[]);
  await new Promise<unknown>((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('close', () => reject(new Error(`${url} did not open`)));
  });
  return {
    echo: () =>
      new Promise<unknown>((resolve) => {
        socket.addEventListener('message', resolve, { once: true });
        socket.send('x');
      }),
    close: () => socket.close(),
  };
}

/** 2 GiB through the server, and what its memory grows by meanwhile. A reader that stops for a moment holds the source back. */
async function large(server: BenchServer, target: Target, way: 'down' | 'up'): Promise<Measured> {
  const before = server.rss;
  let most = before;
  const watch = setInterval(() => (most = Math.max(most, server.rss)), 20);
  const door = server.door(`/ports/${target.port}/${way}`);
  let moved = 0;
  const took = await timed(async () => {
    if (way === 'up') {
      const answer = await fetch(door.url, { method: 'PUT', headers: door.headers, body: pieces() });
      moved = Number(await answer.text());
      return;
    }
    const answer = await fetch(door.url, { headers: door.headers });
    let slow = 4;
    for await (const part of answer.body ?? []) {
      moved += part.length;
      if (slow > 0 && moved > (5 - slow) * 100_000_000) {
        slow -= 1;
        await Bun.sleep(500);
      }
    }
  });
  clearInterval(watch);
  return {
    name: `2 GiB ${way} through a port, memory`,
    figure: `+${mib(most - before)}`,
    goal: `≤ +${mib(MEMORY_GOAL_BYTES)}`,
    met: moved === LARGE_BYTES && most - before <= MEMORY_GOAL_BYTES,
    detail: `${moved === LARGE_BYTES ? 'whole' : `only ${mib(moved)}`}, ${mib(moved / (took / 1000))}/s`,
  };
}

function pieces(): ReadableStream<Uint8Array> {
  const piece = new Uint8Array(256 * 1024);
  let left = LARGE_BYTES;
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(piece.slice());
      left -= piece.length;
      if (left <= 0) controller.close();
    },
  });
}
