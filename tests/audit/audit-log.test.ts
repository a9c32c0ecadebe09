/** The queue in front of the audit log: it never holds a request up, and says what it could not keep. */
import { describe, expect, test } from 'bun:test';
import { rmSync, writeFileSync } from 'node:fs';
import { AuditLog } from '../../src/audit/audit-log.ts';
import type { AuditEntry } from '../../src/audit/entry.ts';
import { silentLog, type Log } from '../../src/core/log.ts';
import { FakeClock, Sandbox, waitFor } from '../support/sandbox.ts';

const request = () => ({ peer: '127.0.0.1', method: 'POST', route: '/exec', what: {}, status: 200 });

const open = (box: Sandbox, clock = new FakeClock(), log: Log = silentLog) =>
  new AuditLog({ folder: box.file('audit'), keepBytes: 10_000_000, clock, log });

async function pageOf(log: AuditLog, ...asked: Parameters<AuditLog['page']>): Promise<AuditEntry[]> {
  const page = await log.page(...asked);
  if (!page.ok) throw new Error(page.failure.detail);
  return page.value;
}

test('a page has everything that was recorded before it was asked for', async () => {
  using box = new Sandbox();
  await using log = open(box);
  expect(await pageOf(log, 10, {})).toEqual([]);
  for (let count = 0; count < 300; count += 1) log.record('default', request);
  expect((await pageOf(log, 10, {})).map(({ seq }) => seq)).toEqual([291, 292, 293, 294, 295, 296, 297, 298, 299, 300]);
  expect((await pageOf(log, 2, { after: 5 })).map(({ seq }) => seq)).toEqual([6, 7]);
  expect((await pageOf(log, 2, { before: 5 })).map(({ seq }) => seq)).toEqual([3, 4]);
  expect((await pageOf(log, 9, { after: 5, before: 8 })).map(({ seq }) => seq)).toEqual([6, 7]);
});

test('what keeps coming is gathered before it is written, and who asks for a page does not wait for that', async () => {
  using box = new Sandbox();
  // Its clock stands still: gathering has no end by itself.
  await using log = open(box);
  let recorded = 0;
  while (log.waiting < 50) {
    log.record('default', request);
    recorded += 1;
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect((await pageOf(log, 1, {})).map(({ seq }) => seq)).toEqual([recorded]);
});

test('who waits for an entry gets it when it is there, and no later than the time is over', async () => {
  using box = new Sandbox();
  await using log = open(box);
  log.record('default', request);
  const never = new AbortController();
  await log.beyond(0, 60_000, never.signal);
  await log.beyond(1, 1, never.signal);
  const waiting = log.beyond(1, 60_000, never.signal);
  log.record('default', request);
  await waiting;
  expect(await pageOf(log, 10, { after: 1 })).toHaveLength(1);
});

test('what was recorded is on the disk when the server has stopped', async () => {
  using box = new Sandbox();
  const log = open(box);
  for (let count = 0; count < 50; count += 1) log.record('default', request);
  await log[Symbol.asyncDispose]();
  log.record('default', request);
  await using next = open(box);
  expect(await pageOf(next, 100, {})).toHaveLength(50);
});

describe('a disk that takes nothing', () => {
  test('is told, once in the log and as long as it lasts; entries wait and are written when it takes them again', async () => {
    using box = new Sandbox();
    const said: string[] = [];
    const clock = new FakeClock();
    await using log = open(box, clock, { ...silentLog, warn: (message) => void said.push(message) });
    // A file where the folder has to be.
    writeFileSync(box.file('audit'), '');
    log.record('default', request);
    log.record('default', request);
    await waitFor('the failure', () => log.writeError !== undefined);
    expect(log.waiting).toBe(2);
    clock.advance(5000);
    await log.settled();
    expect(log.writeError).toBeDefined();
    expect(said).toEqual(['the audit log cannot be written; trying again']);

    rmSync(box.file('audit'));
    clock.advance(5000);
    await log.settled();
    expect({ error: log.writeError, waiting: log.waiting }).toEqual({ error: undefined, waiting: 0 });
    expect((await pageOf(log, 10, {})).map(({ seq }) => seq)).toEqual([1, 2]);
  });

  test('costs bounded memory, and the entries say how many are missing', async () => {
    using box = new Sandbox();
    const clock = new FakeClock();
    await using log = open(box, clock);
    writeFileSync(box.file('audit'), '');
    for (let count = 0; count < 12_000; count += 1) log.record('default', request);
    await waitFor('the failure', () => log.writeError !== undefined);
    expect({ waiting: log.waiting, ...log.counts }).toEqual({ waiting: 10_000, recorded: 10_000, skipped: 2000 });
    rmSync(box.file('audit'));
    clock.advance(5000);
    await log.settled();
    log.record('default', request);
    const [last] = await pageOf(log, 1, {});
    expect(last).toMatchObject({ seq: 10_001, skipped: 2000 });
  });

  test('does not keep the server from stopping', async () => {
    using box = new Sandbox();
    const clock = new FakeClock();
    const log = open(box, clock);
    writeFileSync(box.file('audit'), '');
    log.record('default', request);
    await waitFor('the failure', () => log.writeError !== undefined);
    await log[Symbol.asyncDispose]();
    expect(clock.pending).toBe(0);
  });
});

test('who has no valid key cannot push the others out', async () => {
  using box = new Sandbox();
  const clock = new FakeClock();
  await using log = open(box, clock);
  log.record('default', request);
  for (let count = 0; count < 100_000; count += 1) log.record(null, request);
  log.record('default', request);
  const entries = await pageOf(log, 1000, {});
  expect(entries.filter(({ key }) => key === null)).toHaveLength(60);
  expect(entries.at(-1)).toMatchObject({ key: 'default', skipped: 99_940 });
  clock.advance(10_000);
  log.record(null, request);
  log.record(null, request);
  expect((await pageOf(log, 1000, {})).filter(({ key }) => key === null)).toHaveLength(61);
  // A clock that is set back gives nobody more.
  clock.advance(-60_000);
  log.record(null, request);
  expect((await pageOf(log, 1000, {})).filter(({ key }) => key === null)).toHaveLength(61);
});
