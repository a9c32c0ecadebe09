/** A terminal in use over connections that break. */
import { describe, expect, test } from 'bun:test';
import { ClientError, refused, unreachable } from '../../src/client/failure.ts';
import { TerminalLink, type TerminalLinkListener } from '../../src/client/terminal-link.ts';
import type { TerminalControlFrame } from '../../src/protocol/terminal-frames.ts';
import type { TextSocket } from '../../src/client/plain-socket.ts';
import { openTextSocket } from '../../src/client/text-socket.ts';
import { waitFor } from '../support/wait.ts';

/** A server that does what the test says, and nothing else. */
class Peer implements Disposable {
  readonly #server: Bun.Server<undefined>;
  readonly queries: string[] = [];
  readonly received: unknown[] = [];
  socket: Bun.ServerWebSocket | undefined;
  onOpen: (peer: Peer) => void = () => {};

  constructor() {
    this.#server = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch: (request, server) => {
        this.queries.push(new URL(request.url).search);
        return server.upgrade(request) ? undefined : new Response('no', { status: 400 });
      },
      websocket: {
        open: (socket) => {
          this.socket = socket;
          this.onOpen(this);
        },
        message: (_, data) => void this.received.push(JSON.parse(String(data))),
      },
    });
  }

  readonly open = (query: string): Promise<TextSocket> =>
    openTextSocket(`ws://127.0.0.1:${this.#server.port}/terminal?attach=x${query}`);

  control(frame: TerminalControlFrame): void {
    this.socket?.send(`\u0000${JSON.stringify(frame)}`);
  }

  attached(since: number, next = since, state?: string): void {
    const frame = { id: '0123456789ab', since, next, dropped: 0, ...(state !== undefined && { state }) };
    this.control({ type: 'attached', ...frame });
  }

  [Symbol.dispose](): void {
    void this.#server.stop(true);
  }
}

class Notes implements TerminalLinkListener {
  readonly lines: string[] = [];
  attached({ since, lost, again }: { since: number; lost: number; again: boolean }) {
    this.lines.push(`attached ${since} lost ${lost}${again ? ' again' : ''}`);
  }
  output(text: string) {
    this.lines.push(text);
  }
  broken() {
    this.lines.push('broken');
  }
  complained(message: string) {
    this.lines.push(`complained ${message}`);
  }
}

describe('a terminal link', () => {
  test('goes on at the byte where it broke, and tells what is lost', async () => {
    using peer = new Peer();
    const notes = new Notes();
    const oldest = [5, 5, 20];
    peer.onOpen = () => peer.attached(oldest.shift() ?? 0);
    using link = new TerminalLink(peer.open, { listener: notes, readonly: true });
    await waitFor('the first', () => notes.lines.length === 1);
    peer.socket?.send('a€');
    await waitFor('output', () => link.next === 9);
    oldest[0] = 9;
    peer.socket?.terminate();
    await waitFor('the second', () => notes.lines.at(-1) === 'attached 9 lost 0 again');
    peer.socket?.close(1013, 'Too slow; reconnect with since=9');
    await waitFor('the third', () => notes.lines.at(-1) === 'attached 20 lost 11 again');
    expect(peer.queries).toEqual([
      '?attach=x&readonly=1',
      '?attach=x&since=9&readonly=1',
      '?attach=x&since=9&readonly=1',
    ]);
    expect(notes.lines.filter((line) => line === 'broken')).toHaveLength(2);
  });

  test('passes on the state that leads the output, and counts it nowhere', async () => {
    using peer = new Peer();
    const notes = Object.assign(new Notes(), { live: () => void notes.lines.push('live') });
    peer.onOpen = () => peer.attached(5, 5, '\u001b[?1h');
    using link = new TerminalLink(peer.open, { listener: notes });
    await waitFor('the state', () => notes.lines.includes('live'));
    expect([...notes.lines, link.next]).toEqual(['attached 5 lost 0', '\u001b[?1h', 'live', 5]);
  });

  test('sends what is typed early when it can, and nothing that is typed between connections', async () => {
    using peer = new Peer();
    const notes = new Notes();
    using link = new TerminalLink(peer.open, { listener: notes });
    expect(link.input('early')).toBe(true);
    await waitFor('a socket', () => peer.socket);
    peer.attached(0);
    await waitFor('the input', () => peer.received.length === 1);
    peer.socket?.terminate();
    await waitFor('the break', () => notes.lines.includes('broken'));
    expect(link.input('lost')).toBe(false);
    peer.onOpen = () => peer.attached(0);
    await waitFor('the second', () => notes.lines.at(-1)?.endsWith('again'));
    expect(link.input('late')).toBe(true);
    await waitFor('the input', () => peer.received.length === 2);
    expect(peer.received).toEqual([
      { type: 'input', data: 'early' },
      { type: 'input', data: 'late' },
    ]);
  });

  test('cuts long input where no character is', async () => {
    using peer = new Peer();
    const notes = new Notes();
    peer.onOpen = () => peer.attached(0);
    using link = new TerminalLink(peer.open, { listener: notes });
    await waitFor('the connection', () => notes.lines.length === 1);
    const text = `a${'🎉'.repeat(10_000)}`;
    link.input(text);
    link.resize(70, 20);
    await waitFor('all of it', () => peer.received.length === 4);
    const frames = peer.received as { type: string; data: string }[];
    expect(frames.slice(0, 3).every(({ data }) => data.isWellFormed())).toBe(true);
    expect(
      frames
        .slice(0, 3)
        .map(({ data }) => data)
        .join(''),
    ).toBe(text);
    expect(frames[3]).toEqual({ type: 'resize', cols: 70, rows: 20 } as never);
  });

  test('gives up a connection that has gone silent', async () => {
    using peer = new Peer();
    const notes = new Notes();
    peer.onOpen = () => peer.attached(0);
    // The peer answers no ping.
    using _link = new TerminalLink(peer.open, { listener: notes, silenceMs: 50 });
    await waitFor('another connection', () => notes.lines.at(-1) === 'attached 0 lost 0 again');
    expect(notes.lines).toContain('broken');
    expect(peer.received).toContainEqual({ type: 'ping' });
  });

  test('holds output back for a listener that takes its time, and begins anew where too much has come', async () => {
    using peer = new Peer();
    const notes = new Notes();
    const drawn = Promise.withResolvers<void>();
    const piece = 'x'.repeat(1_000_000);
    peer.onOpen = () => {
      peer.attached(Number(/since=(\d+)/.exec(peer.queries.at(-1) ?? '')?.[1] ?? 0));
      // More than is held in memory.
      if (peer.queries.length === 1) for (let sent = 0; sent < 9; sent += 1) peer.socket?.send(piece);
    };
    const listener: TerminalLinkListener = {
      attached: (at) => notes.attached(at),
      async output(text) {
        notes.lines.push(`${text.length}`);
        await drawn.promise;
      },
      broken: () => notes.broken(),
    };
    let socket: TextSocket | undefined;
    const open = async (query: string) => (socket = await peer.open(query));
    using link = new TerminalLink(open, { listener });
    await waitFor('too much', () => socket?.overflowed);
    expect(notes.lines).toEqual(['attached 0 lost 0', '1000000']);
    expect(link.input('still taken')).toBe(true);
    await waitFor('the input', () => peer.received.length === 1);
    drawn.resolve();
    await waitFor('the second connection', () => notes.lines.at(-1) === 'attached 6000000 lost 0');
    // The one that was being taken, four that waited, and the one that was too much.
    expect(notes.lines.slice(1, -1)).toEqual(Array.from({ length: 6 }, () => '1000000'));
  });

  test('tells when what was kept has come', async () => {
    using peer = new Peer();
    const lines: string[] = [];
    peer.onOpen = () => {
      peer.attached(0, 6);
      peer.socket?.send('old');
      peer.socket?.send('er ');
      peer.socket?.send('new');
    };
    using _link = new TerminalLink(peer.open, {
      listener: {
        attached: () => {},
        output: (text) => void lines.push(text),
        live: () => void lines.push('live'),
      },
    });
    await waitFor('all of it', () => lines.length === 4);
    expect(lines).toEqual(['old', 'er ', 'live', 'new']);
  });

  test('tries again what fails before a connection is made, and ends where there is no such terminal', async () => {
    using peer = new Peer();
    const notes = new Notes();
    const failures = [
      unreachable('nobody there'),
      refused(503, { error: 'going down' }),
      refused(404, { error: 'terminal not found' }),
    ];
    const connecting = () => {
      notes.lines.push('connecting');
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
    };
    const listener: TerminalLinkListener = {
      connecting,
      attached: (at) => notes.attached(at),
      output: (text) => notes.output(text),
      broken: () => notes.broken(),
    };
    using link = new TerminalLink(peer.open, { listener });
    expect(await link.ended).toEqual({ how: 'refused', reason: 'terminal-not-found', message: 'terminal not found' });
    expect(notes.lines).toEqual(['connecting', 'broken', 'connecting', 'connecting']);
    expect(peer.queries).toEqual([]);
  });

  test('ends with the program, with a refusal, or when it is left', async () => {
    const ends = async (happens: (peer: Peer, link: TerminalLink) => void) => {
      using peer = new Peer();
      const link = new TerminalLink(peer.open, { listener: new Notes() });
      peer.onOpen = () => happens(peer, link);
      return await link.ended;
    };
    expect(
      await ends((peer) => {
        peer.attached(0);
        peer.control({ type: 'exit', exitCode: 7 });
        peer.socket?.close(1000, 'Terminal exited');
      }),
    ).toEqual({ how: 'exited', exitCode: 7 });
    expect(
      await ends((peer) => {
        peer.control({ type: 'error', message: 'terminal not found' });
        peer.socket?.close(1008, 'terminal not found');
      }),
    ).toEqual({ how: 'refused', reason: 'terminal-not-found', message: 'terminal not found' });
    const open = () => Promise.reject(new ClientError({ reason: 'key-refused', status: 401 }, 'Invalid API key'));
    expect(await new TerminalLink(open, { listener: new Notes() }).ended).toEqual({
      how: 'refused',
      reason: 'key-refused',
      message: 'Invalid API key',
    });
    expect(await ends((_, link) => link[Symbol.dispose]())).toEqual({ how: 'closed' });
  });
});
