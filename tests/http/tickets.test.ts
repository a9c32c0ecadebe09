/** Tickets on a manual clock. */
import { expect, test } from 'bun:test';
import { Tickets } from '../../src/http/tickets.ts';
import { FakeClock } from '../support/sandbox.ts';

test('a ticket is good once', () => {
  const tickets = new Tickets(new FakeClock());
  const ticket = tickets.issue();
  expect(tickets.redeem(ticket)).toBe(true);
  expect(tickets.redeem(ticket)).toBe(false);
  expect(tickets.count).toBe(0);
});

test('a ticket is good for 60 seconds, not for a millisecond more', () => {
  const clock = new FakeClock();
  const tickets = new Tickets(clock);
  const [early, late] = [tickets.issue(), tickets.issue()];
  clock.advance(59_999);
  expect(tickets.redeem(early)).toBe(true);
  clock.advance(1);
  expect(tickets.redeem(late)).toBe(false);
  expect(tickets.count).toBe(0);
});

test('what was never issued is no ticket', () => {
  const tickets = new Tickets(new FakeClock());
  const ticket = tickets.issue();
  for (const text of ['', 'x', ticket.slice(1), `${ticket}x`, ticket.toLowerCase(), ` ${ticket}`])
    expect(tickets.redeem(text)).toBe(false);
  expect(tickets.redeem(ticket)).toBe(true);
});

test('beyond the limit the oldest ticket is dropped', () => {
  const tickets = new Tickets(new FakeClock());
  const issued = Array.from({ length: 1002 }, () => tickets.issue());
  expect(tickets.count).toBe(1000);
  expect(issued.slice(0, 2).map((ticket) => tickets.redeem(ticket))).toEqual([false, false]);
  expect(issued.slice(2).every((ticket) => tickets.redeem(ticket))).toBe(true);
});

test('expired tickets are dropped before valid ones', () => {
  const clock = new FakeClock();
  const tickets = new Tickets(clock);
  for (let n = 0; n < 999; n += 1) tickets.issue();
  clock.advance(30_000);
  const young = tickets.issue();
  clock.advance(30_000);
  for (let n = 0; n < 999; n += 1) tickets.issue();
  expect(tickets.redeem(young)).toBe(true);
});

test('a ticket has 256 random bits', () => {
  const tickets = new Tickets(new FakeClock(), (size) => new Uint8Array(size).fill(0xff));
  expect(tickets.issue()).toBe(`${'_'.repeat(42)}8`);
});
