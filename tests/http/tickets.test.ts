/** Tickets on a manual clock. */
import { expect, test } from 'bun:test';
import { Tickets } from '../../src/http/tickets/tickets.ts';
import type { Caller } from '../../src/http/caller.ts';
import { FakeClock } from '../support/sandbox.ts';

const caller: Caller = { keyId: 'a', scopes: new Set(['observe']) };

test('a ticket is good once', () => {
  const tickets = new Tickets(new FakeClock());
  const ticket = tickets.issue(caller);
  expect(tickets.redeem(ticket)).toBe(caller);
  expect(tickets.redeem(ticket)).toBeUndefined();
  expect(tickets.count).toBe(0);
});

test('a ticket is good for 60 seconds, not for a millisecond more', () => {
  const clock = new FakeClock();
  const tickets = new Tickets(clock);
  const [early, late] = [tickets.issue(caller), tickets.issue(caller)];
  clock.advance(59_999);
  expect(tickets.redeem(early)).toBe(caller);
  clock.advance(1);
  expect(tickets.redeem(late)).toBeUndefined();
  expect(tickets.count).toBe(0);
});

test('what was never issued is no ticket', () => {
  const tickets = new Tickets(new FakeClock());
  const ticket = tickets.issue(caller);
  for (const text of ['', 'x', ticket.slice(1), `${ticket}x`, ticket.toLowerCase(), ` ${ticket}`])
    expect(tickets.redeem(text)).toBeUndefined();
  expect(tickets.redeem(ticket)).toBe(caller);
});

test('beyond the limit the oldest ticket is dropped', () => {
  const tickets = new Tickets(new FakeClock());
  const issued = Array.from({ length: 1002 }, () => tickets.issue(caller));
  expect(tickets.count).toBe(1000);
  expect(issued.slice(0, 2).map((ticket) => tickets.redeem(ticket))).toEqual([undefined, undefined]);
  expect(issued.slice(2).every((ticket) => tickets.redeem(ticket) === caller)).toBe(true);
});

test('expired tickets are dropped before valid ones', () => {
  const clock = new FakeClock();
  const tickets = new Tickets(clock);
  for (let n = 0; n < 999; n += 1) tickets.issue(caller);
  clock.advance(30_000);
  const young = tickets.issue(caller);
  clock.advance(30_000);
  for (let n = 0; n < 999; n += 1) tickets.issue(caller);
  expect(tickets.redeem(young)).toBe(caller);
});

test('a ticket has 256 random bits', () => {
  const tickets = new Tickets(new FakeClock(), (size) => new Uint8Array(size).fill(0xff));
  expect(tickets.issue(caller)).toBe(`${'_'.repeat(42)}8`);
});
