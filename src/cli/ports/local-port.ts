/** A port of this machine whose connections lead to one of the server's machine. Each has a socket to the server of its own. */
import { createServer, type Server, type Socket } from 'node:net';
import type { Client } from '../../client/client.ts';
import { fail, messageOf, ok, type Result } from '../../core/failure.ts';
import type { ServerAway } from './server-away.ts';
import type { ForwardSpec } from './spec.ts';

export interface LocalPort extends AsyncDisposable {
  readonly local: number;
  readonly port: number;
}

export interface LocalPortOptions {
  readonly client: Client;
  readonly bind: string;
  readonly away: ServerAway;
  /** Why a connection was not made, or broke. */
  readonly complain: (sentence: string) => void;
}

export interface ListenFailure {
  readonly reason: 'local-port-unusable';
  readonly message: string;
}

export async function listenLocally(
  { local, port }: ForwardSpec,
  options: LocalPortOptions,
): Promise<Result<LocalPort, ListenFailure>> {
  const { bind } = options;
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: false }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // The close event follows.
    socket.on('error', () => {});
    void forward(socket, port, options);
  });
  try {
    await listening(server, local, bind);
  } catch (error) {
    return fail({
      reason: 'local-port-unusable',
      message: `port ${local} of ${bind} cannot be used here: ${messageOf(error)}`,
    });
  }
  const address = server.address();
  return ok({
    local: typeof address === 'object' && address !== null ? address.port : local,
    port,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  });
}

const listening = (server: Server, port: number, host: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, () => {
      server.off('error', reject);
      resolve();
    });
  });

/** From the first byte to the end of both sides. Where one breaks, so does the other. */
async function forward(socket: Socket, port: number, { client, away, complain }: LocalPortOptions): Promise<void> {
  const left = new AbortController();
  socket.once('close', () => left.abort());
  try {
    const stream = await away.until((signal) => client.ports.connect(port, signal), left.signal);
    left.signal.addEventListener('abort', () => stream.close(), { once: true });
    if (left.signal.aborted) return stream.close();
    await Promise.all([upward(socket, stream.writable), downward(stream.readable, socket)]);
    const failure = await stream.closed;
    if (failure !== undefined) throw failure;
  } catch (error) {
    // Whoever has left needs no reason. A reset: half of what was sent must not look like all of it.
    if (!left.signal.aborted) complain(`a connection to port ${port} failed: ${messageOf(error)}`);
    socket.resetAndDestroy();
  }
}

async function upward(socket: Socket, writable: WritableStream<Uint8Array>): Promise<void> {
  const writer = writable.getWriter();
  try {
    for await (const chunk of socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>)
      await writer.write(chunk);
    await writer.close();
  } catch (error) {
    // Of a writer that has failed already, too.
    await writer.abort(error).catch(() => {});
    throw error;
  }
}

async function downward(readable: ReadableStream<Uint8Array>, socket: Socket): Promise<void> {
  for await (const chunk of readable) {
    if (socket.destroyed) return;
    await written(socket, chunk);
  }
  socket.end();
}

const written = (socket: Socket, chunk: Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.write(chunk, (error) => (error ? reject(error) : resolve()));
  });
