/** What is sent to one peer, over a fake socket whose capacity the test sets. */
import { expect, test } from 'bun:test';
import type { Wire } from '../../src/http/sockets/kind.ts';
import { SocketWriter } from '../../src/http/terminals/socket/socket-writer.ts';
import { FakeClock } from '../support/sandbox.ts';

const KIB = 1024;

class FakeWire implements Wire {
  sent: string[] = [];
  waiting = 0;
  /** The peer reads nothing: everything sent is buffered. */
  stuck = false;
  drops = false;
  ended: string | undefined;

  send(text: string): number {
    if (this.drops || this.ended !== undefined) return 0;
    this.sent.push(text);
    if (!this.stuck) return text.length;
    this.waiting += text.length;
    return -1;
  }

  ping(): number {
    return 0;
  }

  getBufferedAmount(): number {
    return this.waiting;
  }

  close(code: number, reason: string): void {
    this.ended ??= `${code} ${reason}`;
  }

  terminate(): void {
    this.ended ??= 'terminated';
  }
}

function open(): { wire: FakeWire; line: SocketWriter; clock: FakeClock } {
  const wire = new FakeWire();
  const clock = new FakeClock();
  return { wire, clock, line: new SocketWriter(wire, clock) };
}

test('output goes out as it is, control frames after a NUL', () => {
  const { wire, line } = open();
  expect(line.output('hi')).toBe(true);
  expect(line.control({ type: 'exit', exitCode: 3 })).toBe(true);
  expect(wire.sent).toEqual(['hi', '\u0000{"type":"exit","exitCode":3}']);
});

test('a peer that takes nothing is full at a quarter of a mebibyte', () => {
  const { wire, line } = open();
  wire.stuck = true;
  const frame = 'x'.repeat(64 * KIB);
  expect([line.output(frame), line.output(frame), line.output(frame), line.output(frame)]).toEqual([
    true,
    true,
    true,
    false,
  ]);
});

test('answers to a peer that reads none of them are left out; what it must know is not', () => {
  const { wire, line } = open();
  wire.waiting = 256 * KIB;
  expect(line.control({ type: 'pong' })).toBe(false);
  expect(line.control({ type: 'error', message: 'x' })).toBe(false);
  expect(wire.sent).toEqual([]);
  line.control({ type: 'exit', exitCode: 0 });
  expect(wire.sent).toHaveLength(1);
});

test('a dropped frame ends the socket: nothing after it could make sense', () => {
  const { wire, line } = open();
  wire.drops = true;
  expect(line.output('x')).toBe(false);
  expect(wire.ended).toBe('terminated');
  wire.drops = false;
  expect(line.output('y')).toBe(false);
  expect(wire.sent).toEqual([]);
  expect(line.isOpen).toBe(false);
});

test('a close comes at once where nothing waits', () => {
  const { wire, line } = open();
  line.close(1000, 'Terminal exited');
  expect(wire.ended).toBe('1000 Terminal exited');
});

test('a close waits for the reader’s last bytes', () => {
  const { wire, line, clock } = open();
  wire.stuck = true;
  line.output('last words');
  line.close(1000, 'Terminal exited');
  expect(wire.ended).toBeUndefined();
  expect(line.isOpen).toBe(false);
  expect(line.output('later')).toBe(false);
  wire.waiting = 3;
  line.drained();
  expect(wire.ended).toBeUndefined();
  wire.waiting = 0;
  line.drained();
  expect(wire.ended).toBe('1000 Terminal exited');
  expect(wire.sent).toEqual(['last words']);
  expect(clock.pending).toBe(0);
});

test('but not for ever', () => {
  const { wire, line, clock } = open();
  wire.stuck = true;
  line.output('last words');
  line.close(1013, 'Too slow');
  clock.advance(29_999);
  expect(wire.ended).toBeUndefined();
  clock.advance(1);
  expect(wire.ended).toBe('1013 Too slow');
});

test('a server that goes down waits for nobody', () => {
  const { wire, line, clock } = open();
  wire.stuck = true;
  line.output('last words');
  line.close(1000, 'Terminal exited');
  line.closeNow(1001, 'Server is going down');
  expect(wire.ended).toBe('1001 Server is going down');
  expect(clock.pending).toBe(0);
});

test('a peer that has gone leaves no timer behind', () => {
  const { wire, line, clock } = open();
  wire.stuck = true;
  line.output('last words');
  line.close(1000, 'Terminal exited');
  line.gone();
  expect(clock.pending).toBe(0);
  line.drained();
  expect(wire.ended).toBeUndefined();
});
