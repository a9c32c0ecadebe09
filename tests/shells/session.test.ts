/** Moments of a session that no real shell holds still for. */
import { expect, test } from 'bun:test';
import type { FreshShell, ShellFactory } from '../../src/shells/factory.ts';
import { ShellSession, type SessionCommand, type SessionEnd } from '../../src/shells/session.ts';
import type { CommandEnd, CommandFiles } from '../../src/shells/shell-process.ts';
import { FakeClock, Sandbox } from '../support/sandbox.ts';

/** A session whose shells start when the test says so, and note what they are given. */
class World implements Disposable {
  readonly box = new Sandbox();
  readonly given: string[] = [];
  started = Promise.withResolvers<FreshShell>();
  ended = 0;
  readonly session: ShellSession;

  constructor() {
    const factory = { fresh: () => this.started.promise } as unknown as ShellFactory;
    const seed = { workdir: '', env: {} };
    const kind = {
      name: 'sh' as const,
      path: '/bin/sh',
      start: () => Promise.reject(new Error()),
      seedText: () => 'x',
      canSet: () => true,
    };
    const options = { key: 'k', kind, seed, serverCwd: '/', factory, clock: new FakeClock(), graceMs: 0 };
    this.session = new ShellSession(options);
  }

  shell(): FreshShell {
    const run = async ({ text }: CommandFiles): Promise<CommandEnd> => {
      this.given.push(text.slice(this.box.path.length + 1));
      return { how: 'finished', exitCode: 0 };
    };
    const input = { write: async () => undefined, end() {}, [Symbol.dispose]() {} };
    return {
      shell: { process: { identity: { pid: 1, startTime: '' } }, run, openInput: () => input },
      seed: { workdir: '', env: {} },
      gone: () => false,
      end: async () => void (this.ended += 1),
    } as unknown as FreshShell;
  }

  async start(
    text: string,
    signal = new AbortController().signal,
    more: Partial<SessionCommand> = {},
  ): Promise<SessionEnd> {
    const path = (name: string) => this.box.file(name);
    const files = { text: path(text), stdin: path('in'), stdout: path('out'), stderr: path('err') };
    const command = { files, scratch: path, begin() {}, isBootstrap: false, bootstrap: undefined, ...more };
    return (await this.session.start(command, signal, async () => {})).ended;
  }

  [Symbol.dispose](): void {
    this.box[Symbol.dispose]();
  }
}

test('a command that is cancelled while its shell is being started is never run; the next one has that shell, and its seed', async () => {
  using world = new World();
  const cancel = new AbortController();
  const first = world.start('first', cancel.signal);
  const second = world.start('second');
  await Bun.sleep(0);
  cancel.abort();
  world.started.resolve(world.shell());
  const [settled] = await Promise.allSettled([first, second]);
  expect(settled.status).toBe('rejected');
  expect(world.given).toEqual(['seed', 'second']);
  expect(world.ended).toBe(0);
  await world.session.close();
  expect(world.ended).toBe(1);
});

test('a session that is deleted while its shell is being started leaves no shell, and runs nothing', async () => {
  using world = new World();
  const first = world.start('first');
  const second = world.start('second');
  await Bun.sleep(0);
  const closed = world.session.close();
  world.started.resolve(world.shell());
  const [settled] = await Promise.all([Promise.allSettled([first, second]), closed]);
  expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(world.given).toEqual([]);
  expect(world.ended).toBe(1);
  expect(world.session).toMatchObject({ status: 'stopped', busy: false });
});

test('a command whose files cannot be made leaves the shell to the next one', async () => {
  using world = new World();
  world.started.resolve(world.shell());
  const begin = () => {
    throw new Error('no space left on device');
  };
  const [first, second] = await Promise.allSettled([world.start('first', undefined, { begin }), world.start('second')]);
  expect(first).toMatchObject({ status: 'rejected', reason: { message: 'no space left on device' } });
  expect(second).toEqual({ status: 'fulfilled', value: { how: 'finished', exitCode: 0 } });
  expect(world.given).toEqual(['seed', 'second']);
  await world.session.close();
  expect(world.ended).toBe(1);
});

test('a seed that cannot be written ends the command and its shell, and the next command has a new one', async () => {
  using world = new World();
  world.started.resolve(world.shell());
  const scratch = (name: string) => world.box.file('missing', name);
  expect(await world.start('first', undefined, { scratch })).toEqual({ how: 'shell-exited', exitCode: 1 });
  expect(await Bun.file(world.box.file('err')).text()).toContain('could not be run');
  expect(world.given).toEqual([]);
  expect(world.ended).toBeGreaterThan(0);
  expect(world.session).toMatchObject({ status: 'stopped', busy: false });
  expect(await world.start('second')).toEqual({ how: 'finished', exitCode: 0 });
  expect(world.given).toEqual(['seed', 'second']);
});
