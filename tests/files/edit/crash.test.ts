/** A server that is killed at any step of an edit, or of an atomic write of several files: each file is old or new, never half. */
import { expect, test } from 'bun:test';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createLog } from '../../../src/core/log.ts';
import { BatchNotes } from '../../../src/files/write/batch-notes.ts';
import { StagedNames } from '../../../src/files/write/staged-names.ts';
import { WriteWorld } from '../write/world.ts';

const FIXTURES = resolve(import.meta.dir, '../../fixtures');
const AT_ONCE = 4;
/** A step that never comes. */
const NONE = 0;

/** What is there afterwards, before and after the next start. */
interface Aftermath {
  readonly said: string;
  readonly steps: readonly string[];
  /** Files that are new. */
  readonly written: string;
  /** What the next start says. */
  readonly told: readonly Record<string, unknown>[];
}

async function killedAt(what: string, step: number): Promise<Aftermath> {
  using world = new WriteWorld();
  for (const name of ['a', 'b']) writeFileSync(world.path(name), 'old');
  const wanted = join(world.root, 'step');
  writeFileSync(wanted, String(step));
  const child = Bun.spawn(
    [
      process.execPath,
      '--preload',
      join(FIXTURES, 'dying-at-step.ts'),
      join(FIXTURES, 'dying-edit.ts'),
      world.root,
      what,
    ],
    { env: { ...process.env, AGENT_SERVER_TEST_STEP: wanted }, stdout: 'pipe', stderr: 'inherit' },
  );
  const said = await new Response(child.stdout).text();
  await child.exited;
  expect(child.signalCode).toBe(step === NONE ? null : 'SIGKILL');
  const written = () =>
    ['a', 'b', 'c'].filter((name) => {
      const old = name === 'c' ? undefined : 'old';
      const now = existsSync(world.path(name)) ? readFileSync(world.path(name), 'utf8') : undefined;
      if (now !== old) expect(now).toBe('new bytes');
      return now !== old;
    });
  const before = written();
  const told: Record<string, unknown>[] = [];
  const log = createLog(
    'json',
    (line) => told.push(JSON.parse(line) as Record<string, unknown>),
    () => 0,
  );
  const names = new StagedNames(world.notes);
  await names.removeLeftOver(new BatchNotes(join(world.root, 'batches')).tellSplit(log));
  expect(written()).toEqual(before);
  expect(readdirSync(world.folder).filter((name) => name.length > 1)).toEqual([]);
  expect([...world.noted, ...world.notedBatches]).toEqual([]);
  const steps = readFileSync(`${wanted}.seen`, 'utf8').trim().split('\n');
  return { said, steps, written: before.join(''), told };
}

/** Killed at each of the steps that one takes which is not killed. */
async function killedAtEach(what: string) {
  const whole = await killedAt(what, NONE);
  expect(whole.said).toBe('alive');
  const killed: Aftermath[] = [];
  for (let step = 1; step <= whole.steps.length; step += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, whole.steps.length - step + 1) }, (_, at) => step + at);
    killed.push(...(await Promise.all(some.map((one) => killedAt(what, one)))));
  }
  for (const [at, { steps }] of killed.entries()) expect(steps).toEqual(whole.steps.slice(0, at + 1));
  return killed;
}

test('lines of a file: all of the edit or nothing of it', async () => {
  const killed = await killedAtEach('patch');
  expect(killed.length).toBeGreaterThanOrEqual(12);
  for (const { steps, written, told } of killed)
    expect([written, told]).toEqual([steps.includes('replaced') ? 'a' : '', []]);
});

test('three files at once: those before the step are new, the others as they were, and the next start says so', async () => {
  const killed = await killedAtEach('batch');
  for (const { steps, written, told } of killed) {
    const renamed = steps.filter((name) => name === 'replaced').length;
    expect(written).toBe('abc'.slice(0, renamed));
    if (renamed === 0 || renamed === 3) expect(told).toEqual([]);
    else {
      expect(told).toMatchObject([{ message: 'a crash has split an atomic write of several files', level: 'warn' }]);
      const namesOf = (field: string) =>
        (JSON.parse(String(told[0]?.[field])) as string[]).map((path) => path.at(-1)).join('');
      expect([namesOf('written'), namesOf('notWritten')]).toEqual(['abc'.slice(0, renamed), 'abc'.slice(renamed)]);
    }
  }
  expect(new Set(killed.map(({ written }) => written))).toEqual(new Set(['', 'a', 'ab', 'abc']));
});
