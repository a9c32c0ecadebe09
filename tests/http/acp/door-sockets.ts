/** Sockets of both doors, as the stories about them open and use them. */
import { expect } from 'bun:test';
import { waitFor } from '../../support/sandbox.ts';
import { RawWebSocket } from '../../support/raw-web-socket.ts';
import { INITIALIZE, KEY, type DoorWorld } from './world.ts';

export const WITH_KEY = { 'X-API-Key': KEY };

export const open = (world: DoorWorld, path = '/acp', headers: Readonly<Record<string, string>> = WITH_KEY) =>
  RawWebSocket.open(`${world.socketUrl}${path}`, { headers });

export const send = (socket: RawWebSocket, message: unknown) =>
  socket.sendText(typeof message === 'string' ? message : JSON.stringify(message));

/** The next messages that the socket has got, and takes them away. */
export async function got(socket: RawWebSocket, count: number): Promise<unknown[]> {
  await waitFor(`${count} messages`, () => socket.texts.length >= count);
  return socket.texts.splice(0, count).map((text) => JSON.parse(text) as unknown);
}

export async function initialized(world: DoorWorld, path = '/acp') {
  const socket = await open(world, path);
  send(socket, INITIALIZE);
  expect(await got(socket, 1)).toMatchObject([{ id: 0, result: { protocolVersion: 1 } }]);
  return { socket, connection: world.clients.newest, id: socket.header('Acp-Connection-Id') ?? '' };
}

export const resumed = (world: DoorWorld, id: string, frames: string | undefined, path = '/acp') =>
  open(world, path, {
    ...WITH_KEY,
    'Acp-Connection-Id': id,
    ...(frames !== undefined && { 'Acp-Received-Frames': frames }),
  });
