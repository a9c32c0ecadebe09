/** Who is heard on the channel that a shell's commands travel on. */
import { expect, test } from 'bun:test';
import { connect, type Socket } from 'node:net';
import { Channel } from '../../src/shells/powershell/channel.ts';
import { waitFor } from '../support/wait.ts';

class Peer {
  heard = '';
  closed = false;
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (data) => (this.heard += data.toString()));
    socket.on('close', () => (this.closed = true));
  }

  static async connect(path: string): Promise<Peer> {
    const socket = connect(path);
    const peer = new Peer(socket);
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return peer;
  }

  say(text: string): void {
    this.#socket.write(text);
  }
}

test('whoever speaks first is the shell; one that is only there hears nothing and is sent away', async () => {
  using channel = await Channel.open();
  const lines: string[] = [];
  channel.onLine = (line) => lines.push(line);
  const silent = await Peer.connect(channel.name);
  const shell = await Peer.connect(channel.name);
  channel.send('too early');
  shell.say('ready');
  shell.say(' 0\r\n');
  await waitFor('the first line', () => lines.length > 0);
  channel.send('a command');
  await waitFor('the command to arrive', () => shell.heard === 'a command\n');
  await waitFor('the other to be sent away', () => silent.closed);
  expect({ lines, silent: silent.heard }).toEqual({ lines: ['ready 0'], silent: '' });
});

test('nobody can come later', async () => {
  using channel = await Channel.open();
  const lines: string[] = [];
  channel.onLine = (line) => lines.push(line);
  const shell = await Peer.connect(channel.name);
  shell.say('ready 0\n');
  await waitFor('the first line', () => lines.length > 0);
  expect(
    await Peer.connect(channel.name).then(
      (late) => waitFor('the end', () => late.closed),
      () => 'refused',
    ),
  ).toBeOneOf(['refused', true]);
});
