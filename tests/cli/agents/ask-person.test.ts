/** `ask`, by a person at a terminal. */
import { describe, expect, test } from 'bun:test';
import { Person } from '../person.ts';
import { World } from '../world.ts';
import { shell, tools } from './scripts.ts';
import { StandIn } from './stand-in.ts';

describe.skipIf(process.platform === 'win32')('ask, by a person at a terminal', () => {
  const person = (world: World, server: StandIn, ...args: string[]) =>
    new Person(world, { args: ['ask', ...args], env: { ...server.env, NO_COLOR: '1' } });

  test('asks for permission, by what the call is and not by its title alone', async () => {
    const answers: unknown[] = [];
    using server = new StandIn(async (agent) => {
      const call = {
        toolCallId: 't',
        title: 'List files\u001b[1A',
        kind: 'execute',
        rawInput: { command: 'rm -rf /\n' },
      };
      answers.push(await agent.asks(call), await agent.asks({ ...call, title: 'Again' }));
      agent.says('Thanks.');
      return 'end_turn';
    });
    await using world = World.empty();
    await using user = person(world, server, 'Well?');
    await user.sees('Answer with a number or a letter: ');
    expect(user.seen).toContain(String.raw`asks for permission: execute: List files\u001b[1A`);
    expect(user.seen).toContain(String.raw`command: rm -rf /\n`);
    expect(user.seen).toContain(
      '1/o  allow once: Yes\r\n  2/a  always allow: Yes, and do not ask again\r\n  3/r  reject: No',
    );
    await user.answers('yes\r', '"yes" is not one of the answers');
    await user.answers('r\r', /permission: execute: Again[^]*letter: /);
    expect(user.seen).toContain('[rejected] execute: List files');
    user.types('1\r');
    expect(await user.done()).toBe(0);
    expect(user.seen).toContain('[allowed] execute: Again');
    expect(user.seen).toContain('Thanks.\r\n');
    expect(answers).toEqual(['no', 'yes']);
    expect(server.session.requests[0]).toMatchObject({ policy: 'ask' });
  });

  test('does not take what was typed before a question for the answer', async () => {
    const gate = Promise.withResolvers<void>();
    using server = new StandIn(async (agent) => {
      agent.says('wait');
      await gate.promise;
      return (await agent.asks(shell)) === 'no' ? 'end_turn' : 'refusal';
    });
    await using world = World.empty();
    await using user = person(world, server, 'Well?');
    await user.sees('wait');
    await user.answers('1\r', '1\r\n');
    gate.resolve();
    await user.sees('letter: ');
    user.types('3\r');
    expect(await user.done()).toBe(0);
  });

  test('a question stays the last thing on the terminal, and goes away when somebody else answers it', async () => {
    const gate = Promise.withResolvers<void>();
    using server = new StandIn(async (agent) => {
      const answer = agent.asks(shell);
      agent.says('Meanwhile. ');
      await answer;
      agent.says('Thanks.');
      await gate.promise;
      return 'end_turn';
    });
    await using world = World.empty();
    await using user = person(world, server, 'Well?');
    await user.sees('letter: ');
    // Something that is answered comes after what the agent has said meanwhile.
    await user.answers('x\r', /not one of the answers\r\nAnswer with a number or a letter: $/);
    expect(user.seen).not.toContain('Meanwhile');
    for (const { settle } of server.session.pending.values()) settle('yes', 'person');
    await user.sees(/letter: \r\nMeanwhile\. \r\n\[allowed\] [^]*\r\nThanks\./);
    gate.resolve();
    expect(await user.done()).toBe(0);
  });

  test('end of input at a question rejects it', async () => {
    const answers: unknown[] = [];
    using server = new StandIn(async (agent) => {
      answers.push(await agent.asks(shell), await agent.asks(shell));
      return 'end_turn';
    });
    await using world = World.empty();
    await using user = person(world, server, 'Well?');
    await user.sees('letter: ');
    user.types('\u0004');
    expect(await user.done()).toBe(0);
    expect(answers).toEqual(['no', 'no']);
  });

  test('who has typed the prompt, ended by Ctrl-D, can answer all the same', async () => {
    using server = new StandIn(async (agent, prompt) => {
      agent.says(`${prompt}: ${await agent.asks(shell)}`);
      return 'end_turn';
    });
    await using world = World.empty();
    await using user = person(world, server, '-', '--policy', 'ask');
    await user.sees('Type the prompt');
    await user.answers('Well?\r\u0004', 'letter: ');
    user.types('1\r');
    expect(await user.done()).toBe(0);
    expect(user.seen).toContain('Well?: yes');
  });

  test('Ctrl-C at a question cancels the turn', async () => {
    using server = new StandIn(async (agent) => ((await agent.asks(shell)) === null ? 'cancelled' : 'end_turn'));
    await using world = World.empty();
    await using user = person(world, server, 'Well?');
    await user.sees('letter: ');
    user.types('\u0003');
    expect(await user.done()).toBe(130);
    expect(user.stty('after')).toBe(user.stty('before'));
  });

  test('writes over the line of a tool call', async () => {
    using server = new StandIn(tools);
    await using world = World.empty();
    await using user = person(world, server, 'Well?');
    expect(await user.done()).toBe(0);
    expect(user.seen).toContain(
      'see.\r\n[pending] execute: Run the tests\r\n\u001b[1A\r\u001b[2K[running] execute: Run the tests\u001b[1B\r',
    );
    expect(user.seen).toContain('[pending] Never done\r\nAll is well.\r\n');
  });
});
