/** States of a session that pass too quickly with a real shell. */
import { expect, test } from 'bun:test';
import type { CommandEnd } from '../../src/shells/shell-process.ts';
import { SessionWorld } from './session-world.ts';

test('a command that is cancelled while its shell is being started is never run; the next one has that shell, and its seed', async () => {
  using world = new SessionWorld();
  const cancel = new AbortController();
  const first = world.run('first', cancel.signal);
  const second = world.run('second');
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
  using world = new SessionWorld();
  const first = world.run('first');
  const second = world.run('second');
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
  using world = new SessionWorld();
  world.started.resolve(world.shell());
  const begin = () => {
    throw new Error('no space left on device');
  };
  const [first, second] = await Promise.allSettled([world.run('first', undefined, { begin }), world.run('second')]);
  expect(first).toMatchObject({ status: 'rejected', reason: { message: 'no space left on device' } });
  expect(second).toEqual({ status: 'fulfilled', value: { how: 'finished', exitCode: 0 } });
  expect(world.given).toEqual(['seed', 'second']);
  await world.session.close();
  expect(world.ended).toBe(1);
});

test('a seed that cannot be written ends the command and its shell, and the next command has a new one', async () => {
  using world = new SessionWorld();
  world.started.resolve(world.shell());
  const scratch = (name: string) => world.box.file('missing', name);
  expect(await world.run('first', undefined, { scratch })).toEqual({ how: 'shell-exited', exitCode: 1 });
  expect(await world.told).toContain('could not be run');
  expect(world.given).toEqual([]);
  expect(world.ended).toBeGreaterThan(0);
  expect(world.session).toMatchObject({ status: 'stopped', busy: false });
  expect(await world.run('second')).toEqual({ how: 'finished', exitCode: 0 });
  expect(world.given).toEqual(['seed', 'second']);
});

const OK: CommandEnd = { how: 'finished', exitCode: 0 };
const bootstrap = { text: 'x', isCommand: false };

test('a seed that fails ends the command unrun and its shell, and the next command has a new one', async () => {
  using world = new SessionWorld();
  world.started.resolve(world.shell());
  world.answer = () => ({ how: 'finished', exitCode: 2 });
  expect(await world.run('first')).toEqual({ how: 'shell-exited', exitCode: 2 });
  expect(await world.told).toBe("the session's seed failed with exit code 2; the command was not run\n");
  expect(world.given).toEqual(['seed']);
  expect(world.ended).toBe(1);
  expect(world.session.status).toBe('stopped');
  world.answer = () => OK;
  expect(await world.run('second')).toEqual(OK);
  expect(world.given).toEqual(['seed', 'seed', 'second']);
});

test('a command that is cancelled just when its bootstrap has ended is not run, and the bootstrap is run again', async () => {
  using world = new SessionWorld();
  world.started.resolve(world.shell());
  await world.run('first');
  const bootstrapped = Promise.withResolvers<CommandEnd>();
  world.answer = (name) => (name === 'bootstrap' ? bootstrapped.promise : OK);
  const second = await world.begin('second', undefined, { bootstrap });
  bootstrapped.resolve(OK);
  await second.cancel();
  expect(world).toMatchObject({ interrupted: 1, ended: 0, given: ['seed', 'first', 'bootstrap x'] });
  expect(await world.run('third')).toEqual(OK);
  expect(world.given.slice(3)).toEqual(['bootstrap x', 'third']);
});

test('a command is not run once it is cancelled, however soon after its bootstrap that is', async () => {
  for (let moment = 0; moment < 10; moment += 1) {
    using world = new SessionWorld();
    world.started.resolve(world.shell());
    await world.run('first');
    const bootstrapped = Promise.withResolvers<CommandEnd>();
    world.answer = (name) => (name === 'bootstrap' ? bootstrapped.promise : OK);
    const second = await world.begin('second', undefined, { bootstrap });
    bootstrapped.resolve(OK);
    for (let passed = 0; passed < moment; passed += 1) await Promise.resolve();
    const before = [...world.given];
    await second.cancel();
    expect(world.given).toEqual(before);
  }
});

test('a session that is deleted while its bootstrap runs: the command is not run, and nothing is blamed on the bootstrap', async () => {
  using world = new SessionWorld();
  world.started.resolve(world.shell());
  const bootstrapped = Promise.withResolvers<CommandEnd>();
  world.answer = (name) => (name === 'bootstrap' ? bootstrapped.promise : OK);
  const { ended } = await world.begin('first', undefined, { bootstrap });
  await world.session.close();
  bootstrapped.resolve({ how: 'shell-exited', exitCode: 137 });
  expect(await ended).toEqual({ how: 'closed' });
  expect(world.given).toEqual(['seed', 'bootstrap x']);
  expect(await Bun.file(world.box.file('err')).exists()).toBe(false);
});
