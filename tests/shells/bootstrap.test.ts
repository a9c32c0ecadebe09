/** Which bootstrap is run when, over any sequence of commands: the rule of session.ts, told once more as a model. */
import { expect, test } from 'bun:test';
import fc from 'fast-check';
import type { CommandEnd } from '../../src/shells/shell-process.ts';
import { SessionWorld } from './session-world.ts';

const ENDS = {
  succeeds: { how: 'finished', exitCode: 0 },
  fails: { how: 'finished', exitCode: 3 },
  exits: { how: 'shell-exited', exitCode: 0 },
} satisfies Record<string, CommandEnd>;
const end = fc.constantFrom<keyof typeof ENDS>('succeeds', 'succeeds', 'fails', 'exits');
const step = fc.record({
  text: fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined }),
  isCommand: fc.boolean(),
  bootstrap: end,
  command: end,
});

test('a command is run in a process that has run the newest bootstrap, and no process runs a text twice', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      using world = new SessionWorld(async () => world.shell());
      const expected: string[] = [];
      let newest: string | undefined;
      let process: { ready: boolean; readonly ran: Set<string> } | undefined;
      for (const { text, isCommand, bootstrap, command } of steps) {
        newest = text ?? newest;
        if (process === undefined) expected.push('seed');
        process ??= { ready: false, ran: new Set() };
        const own = text !== undefined && isCommand;
        const lacks = !own && newest !== undefined && !process.ran.has(newest);
        const isRun = !lacks || bootstrap === 'succeeds';
        if (lacks) {
          expected.push(`bootstrap ${newest}`);
          if (isRun) process.ran.add(newest ?? '');
          else if (bootstrap === 'exits' || !process.ready) process = undefined;
        }
        if (isRun && process !== undefined) {
          expected.push('command');
          process.ready = true;
          if (own && command === 'succeeds') process.ran.add(text);
          if (command === 'exits') process = undefined;
        }
        world.answer = (name) => ENDS[name === 'bootstrap' ? bootstrap : name === 'command' ? command : 'succeeds'];
        const done = await world.run('command', undefined, { bootstrap: text && { text, isCommand } });
        if (!isRun) expect(done).not.toMatchObject({ exitCode: 0 });
      }
      expect(world.given).toEqual(expected);
    }),
  );
});
