/**
 * Every call that the server makes to the system fails once: files, folders, child processes, terminals, the database, libc.
 *
 * A story is run once to count its calls, then again for each of them with that one failing. The modules of the system are
 * replaced before the server's own are loaded, so that they get these; while no story runs the calls go through.
 */
import { Database, Statement } from 'bun:sqlite';
import { mock } from 'bun:test';
import * as fs from 'node:fs';
import * as promises from 'node:fs/promises';
import { ok } from '../../../src/core/failure.ts';
import type { Pty } from '../../../src/platform/pty/pty.ts';
import * as libc from '../../../src/platform/api/posix/libc.ts';

type Call = (...args: never[]) => unknown;

/** Does not fail: what it cannot see it calls absent. */
const NEVER_THROWS = new Set(['existsSync']);
/** They have their effect also where they fail, as close(2) does; else each would leak. */
const EFFECT_FIRST = new Set(['closeSync', 'close']);

/** Of an open file. */
const HANDLE_CALLS = new Set(['read', 'write', 'stat', 'sync', 'close', 'truncate', 'writeFile', 'readFile']);

let armed = false;
let count = 0;
let failAt = 0;
let failed: string | undefined;
const made = new Set<string>();

/** What a story called, or which of its calls failed. */
export interface Outcome<T> {
  readonly value: T;
  readonly calls: number;
  /** Undefined where the story made fewer calls this time. */
  readonly failed: string | undefined;
}

/** Runs a story with its nth call failing; 0: none. */
export async function withFailure<T>(nth: number, story: () => Promise<T>): Promise<Outcome<T>> {
  [armed, count, failAt, failed] = [true, 0, nth, undefined];
  made.clear();
  try {
    const value = await story();
    return { value, calls: count, failed };
  } finally {
    armed = false;
  }
}

/** Whether this call is the one that fails. */
function isDue(name: string): boolean {
  if (!armed) return false;
  const where = `${name} ${callersIn(new Error().stack ?? '')}`;
  // A loop, as over all processes, makes one call again and again: the first stands for the others.
  if (made.has(where)) return false;
  made.add(where);
  count += 1;
  if (count !== failAt) return false;
  failed = where;
  return true;
}

/** Where in the server. */
const callersIn = (stack: string): string =>
  stack
    .match(/src\/\S+:\d+(?=:)/g)
    ?.slice(0, 3)
    .join(' < ') ?? '';

/** The kernel refuses a signal by a code of its own. */
const codeOf = (name: string) => (name === 'kill' ? 'EPERM' : 'EMFILE');

const injected = (name: string) =>
  Object.assign(new Error(`${codeOf(name)}: injected, ${name}`), { code: codeOf(name), syscall: name });

function wrapSync(name: string, call: Call): Call {
  return function (this: unknown, ...args) {
    if (!isDue(name)) return call.apply(this, args);
    if (NEVER_THROWS.has(name)) return false;
    if (EFFECT_FIRST.has(name)) call.apply(this, args);
    throw injected(name);
  };
}

function wrapAsync(name: string, call: Call): Call {
  return async function (this: unknown, ...args) {
    if (isDue(name)) {
      if (EFFECT_FIRST.has(name)) await call.apply(this, args);
      throw injected(name);
    }
    const result = await call.apply(this, args);
    return name === 'open' ? wrapHandle(result as object) : result;
  };
}

function wrapHandle<T extends object>(handle: T): T {
  return new Proxy(handle, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      const call = value.bind(target) as Call;
      return typeof key === 'string' && HANDLE_CALLS.has(key) ? wrapAsync(key, call) : call;
    },
  });
}

function wrapAll(module: object, wrap: (name: string, call: Call) => Call): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(module).map(([name, value]) => [
      name,
      typeof value === 'function' && /^[a-z]/.test(name) ? wrap(name, value as Call) : (value as unknown),
    ]),
  );
}

/** What the engines of terminals do by calls that are not of these modules. */
const PTY_CALLS = new Set(['write', 'resize', 'endTree', 'release']);

function wrapPty(pty: Pty): Pty {
  return new Proxy(pty, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      const call = value.bind(target) as Call;
      if (typeof key !== 'string' || !PTY_CALLS.has(key)) return call;
      return key === 'endTree' ? wrapAsync(`pty ${key}`, call) : wrapSync(`pty ${key}`, call);
    },
  });
}

/** To be called before anything of the server is imported. */
export async function injectFailures(): Promise<void> {
  const wrappedPromises = wrapAll({ ...promises }, wrapAsync);
  const wrappedFs = { ...wrapAll({ ...fs }, wrapSync), promises: wrappedPromises };
  void mock.module('node:fs', () => wrappedFs);
  void mock.module('node:fs/promises', () => wrappedPromises);
  const symbols = new Proxy(libc.libc(), {
    get: (target, name: keyof ReturnType<typeof libc.libc>) => {
      const call = target[name] as Call;
      return (...args: never[]) => (isDue(name) ? -1 : call(...args));
    },
  });
  const makeFifo = wrapSync('mkfifo', libc.makeFifo);
  void mock.module('../../../src/platform/api/posix/libc.ts', () => ({ libc: () => symbols, makeFifo }));
  const { createPtyOpener } = await import('../../../src/platform/pty/index.ts');
  const openWrapped: typeof createPtyOpener = (options) => {
    const open = createPtyOpener(options);
    return (request) => {
      const opened = open(request);
      return opened.ok ? ok(wrapPty(opened.value)) : opened;
    };
  };
  void mock.module('../../../src/platform/pty/index.ts', () => ({ createPtyOpener: openWrapped }));
  const spawn = Bun.spawn as unknown as Call;
  Object.assign(Bun, { spawn: wrapSync('spawn', spawn) });
  Object.assign(process, { kill: wrapSync('kill', process.kill.bind(process) as Call) });
  for (const prototype of [Database.prototype, Statement.prototype] as unknown as Record<string, Call>[])
    for (const name of ['run', 'query', 'prepare', 'transaction', 'get', 'all', 'values'])
      if (typeof prototype[name] === 'function') prototype[name] = wrapSync(`sqlite ${name}`, prototype[name]);
}
