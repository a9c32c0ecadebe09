/** One socket's look at a terminal, step by step. */
import { expect, test } from 'bun:test';
import { TIMEOUT_MS } from '../../src/terminals/attachment.ts';
import { SCROLLBACK_BYTES } from '../../src/terminals/terminal.ts';
import { FakePty, fakeTerminal } from './fake-pty.ts';
import { FakeSocket } from './world.ts';

const KIB = 1024;

/** A terminal with one socket that is full and has not got a byte of the 300 KiB there are. */
function stuck() {
  const world = fakeTerminal();
  const socket = new FakeSocket();
  socket.room = 0;
  const attachment = world.terminal.attach(socket);
  world.pty.print('x'.repeat(300 * KIB));
  return { ...world, socket, attachment };
}

test('a socket that takes nothing for 30 s while the program waits for it is cut off, and the program goes on', () => {
  const { terminal, pty, clock, socket } = stuck();
  expect(pty.paused).toBe(true);
  clock.advance(TIMEOUT_MS - 1);
  expect(socket.closed).toBeUndefined();
  clock.advance(1);
  expect(socket.closed).toEqual({ code: 1013, reason: 'Too slow; reconnect with since=0' });
  expect([pty.paused, terminal.attached]).toEqual([false, 0]);
});

test('one that nobody waits for may take its time, and has its 30 s again when somebody does', () => {
  const { terminal, pty, clock, socket } = stuck();
  const fast = new FakeSocket();
  const reading = terminal.attach(fast);
  expect([pty.paused, fast.text.length]).toEqual([false, 300 * KIB]);
  clock.advance(TIMEOUT_MS * 3);
  expect(socket.closed).toBeUndefined();
  reading.detach();
  expect(pty.paused).toBe(true);
  clock.advance(TIMEOUT_MS);
  expect(socket.closed?.code).toBe(1013);
});

test('one whose next byte is no longer kept is cut off at once, and a fast one beside it is not', () => {
  const { terminal, pty, socket } = stuck();
  const fast = new FakeSocket();
  terminal.attach(fast);
  pty.print('y'.repeat(SCROLLBACK_BYTES - 300 * KIB));
  expect(socket.closed).toBeUndefined();
  pty.print('z');
  expect(socket.closed).toEqual({ code: 1013, reason: 'Too slow; reconnect with since=0' });
  expect([fast.text.length, fast.closed]).toEqual([SCROLLBACK_BYTES + 1, undefined]);
});

test('a full socket is told of the last size only, when it has room', () => {
  const { terminal, socket, attachment } = stuck();
  for (let cols = 10; cols < 500; cols += 1) terminal.resize(cols, 24);
  expect(socket.controls).toHaveLength(1);
  socket.room = 1000;
  attachment.drained();
  expect(socket.controls.slice(1)).toEqual([{ type: 'resize', cols: 499, rows: 24 }]);
  expect(socket.text).toHaveLength(300 * KIB);
});

test('the replay says what is missing, and comes in frames of at most 64 KiB that split no character', () => {
  const { terminal, pty } = fakeTerminal();
  pty.print('€'.repeat(500_000));
  const socket = new FakeSocket();
  terminal.attach(socket, { since: 1000 });
  const [frame] = socket.controls;
  const kept = Math.floor(SCROLLBACK_BYTES / 3) * 3;
  expect(frame).toEqual({
    type: 'attached',
    id: terminal.id,
    since: 1_500_000 - kept,
    next: 1_500_000,
    dropped: 1_500_000 - kept - 1000,
  });
  expect(socket.frames.every((text) => Buffer.byteLength(text) <= 64 * KIB && !text.includes('\ufffd'))).toBe(true);
  expect(Buffer.byteLength(socket.text)).toBe(kept);
  expect(terminal.read(1000, 10)).toEqual({
    data: '€€€',
    next: 1_500_000 - kept + 9,
    dropped: 1_500_000 - kept - 1000,
  });
});

test('a socket that goes while it is being sent to is sent nothing more', () => {
  const { terminal, pty, clock } = fakeTerminal();
  const socket = new FakeSocket();
  const attachment = terminal.attach(socket);
  socket.output = (text) => {
    socket.frames.push(text);
    attachment.detach();
    return false;
  };
  pty.print('x'.repeat(200 * KIB));
  expect([socket.frames.length, terminal.attached, pty.paused, clock.pending]).toEqual([1, 0, false, 0]);
});

test('input that the program does not read is refused, and does not count as use', () => {
  const pty = new FakePty();
  const { terminal } = fakeTerminal(pty);
  const attachment = terminal.attach(new FakeSocket());
  pty.full = true;
  expect([attachment.input('x'), terminal.lastInputAt]).toEqual(['input-full', undefined]);
  pty.full = false;
  expect([attachment.input('é'), pty.written]).toEqual([undefined, ['é']]);
});
