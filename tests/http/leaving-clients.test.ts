/** Clients that hang up while their answer is waited for. */
import { expect, test } from 'bun:test';
import { LeavingClients } from '../../src/http/leaving-clients.ts';
import { ManualClock } from '../support/manual-clock.ts';

function world() {
  const clock = new ManualClock();
  const leaving = new LeavingClients(clock);
  const told: string[] = [];
  const asked: string[] = [];
  const client = (name: string) => {
    const abort = new AbortController();
    const request = new Request('http://localhost/', { signal: abort.signal });
    Object.defineProperty(request, 'signal', {
      get() {
        asked.push(name);
        return abort.signal;
      },
    });
    return { abort, waiting: leaving.watch(request, () => told.push(name)) };
  };
  return { clock, client, told, asked };
}

test('one that leaves before the look, and one that leaves behind it', async () => {
  const { clock, client, told } = world();
  const [early, late, stays] = [client('early'), client('late'), client('stays')];
  early.abort.abort();
  expect(told).toEqual([]);
  await clock.advance(50);
  expect(told).toEqual(['early']);
  late.abort.abort();
  expect(told).toEqual(['early', 'late']);
  expect(stays.abort.signal.aborted).toBe(false);
});

test('the signal of one that is answered before the look is never asked for', async () => {
  const { clock, client, told, asked } = world();
  const answered = client('answered');
  client('waits');
  answered.waiting[Symbol.dispose]();
  answered.abort.abort();
  await clock.advance(50);
  expect([asked, told]).toEqual([['waits'], []]);
});

test('nobody is looked at while none waits', async () => {
  const { clock, client, asked } = world();
  client('first');
  await clock.advance(50);
  expect(clock.pending).toEqual([]);
  client('second');
  expect(clock.pending).toEqual([50]);
  await clock.advance(50);
  expect(asked).toEqual(['first', 'second']);
});
