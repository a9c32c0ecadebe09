/** When a session that nobody uses is closed. */
import { expect, test } from 'bun:test';
import { SessionUse } from '../../src/agents/session-use.ts';
import { Notifier } from '../../src/core/notifier.ts';
import { FakeClock } from '../support/sandbox.ts';

function world(idleMs?: number) {
  const clock = new FakeClock();
  const noted: string[] = [];
  const session = {
    turns: { busy: false },
    permissions: { waiting: 0 },
    over: false,
    whenEnded: new Notifier(),
    note: (event: string) => void noted.push(event),
    async close() {
      session.over = true;
      session.whenEnded.notifyAll();
    },
  };
  const use = new SessionUse(session, clock, idleMs);
  return { clock, session, use, noted };
}

const client = { connection: '1234abcd', client: null, door: 'http', since: 0 } as const;

test('after its time, counted from the last that used it', () => {
  const { clock, session, use } = world(1000);
  clock.advance(900);
  const held = use.hold();
  clock.advance(5000);
  held[Symbol.dispose]();
  clock.advance(900);
  expect(session.over).toBe(false);
  clock.advance(1100);
  expect(session.over).toBe(true);
  expect(clock.pending).toBe(0);
});

test('never with a turn or a question open', () => {
  const { clock, session } = world(1000);
  session.turns.busy = true;
  clock.advance(10_000);
  session.turns.busy = false;
  session.permissions.waiting = 1;
  clock.advance(10_000);
  expect(session.over).toBe(false);
  session.permissions.waiting = 0;
  clock.advance(1000);
  clock.advance(1000);
  expect(session.over).toBe(true);
});

test('an attached client is a user, on the record and in the log', () => {
  const { clock, session, use, noted } = world(1000);
  const attached = use.attach(client);
  expect(use.attached).toEqual([client]);
  clock.advance(10_000);
  attached[Symbol.dispose]();
  attached[Symbol.dispose]();
  expect(use.attached).toEqual([]);
  expect(noted).toEqual(['attached', 'detached']);
  expect(session.over).toBe(false);
});

test('one of REST alone has no such time', () => {
  const { clock, session } = world();
  clock.advance(100_000_000);
  expect(session.over).toBe(false);
});
