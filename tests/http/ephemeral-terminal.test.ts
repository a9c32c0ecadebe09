/** The timers of a terminal that a socket opened for itself, on a manual clock. */
import { expect, test } from 'bun:test';
import { EphemeralTimers } from '../../src/http/terminals/socket/ephemeral-terminal.ts';
import { FakeClock } from '../support/sandbox.ts';

const MINUTE = 60_000;

function start(idleMs: number, lifetimeMs: number) {
  const clock = new FakeClock();
  const closed: string[] = [];
  const timers = new EphemeralTimers({ idleMs, lifetimeMs }, clock, (code, reason) => closed.push(`${code} ${reason}`));
  return { clock, closed, timers };
}

test('idle means no input for the whole time', () => {
  const { clock, closed, timers } = start(15 * MINUTE, 0);
  clock.advance(10 * MINUTE);
  timers.typed();
  clock.advance(14 * MINUTE);
  expect(closed).toEqual([]);
  timers.typed();
  clock.advance(15 * MINUTE - 1);
  expect(closed).toEqual([]);
  clock.advance(1);
  expect(closed).toEqual(['1000 Idle timeout']);
});

test('the lifetime counts from the opening, whatever is typed', () => {
  const { clock, closed, timers } = start(15 * MINUTE, 60 * MINUTE);
  for (let minute = 0; minute < 59; minute += 1) {
    clock.advance(MINUTE);
    timers.typed();
  }
  expect(closed).toEqual([]);
  clock.advance(MINUTE);
  expect(closed).toEqual(['1000 Session max lifetime reached']);
});

test('0 means never', () => {
  const { clock, closed } = start(0, 0);
  clock.advance(10_000 * MINUTE);
  expect(closed).toEqual([]);
  expect(clock.pending).toBe(0);
});

test('nothing is left of them after their end', () => {
  const { clock, timers } = start(15 * MINUTE, 60 * MINUTE);
  timers[Symbol.dispose]();
  expect(clock.pending).toBe(0);
});
