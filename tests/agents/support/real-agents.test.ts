/** The real agents start, and follow the script of the fake model: other tests stand on it. */
import { expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { FakeModel } from '../../support/agents/model/fake-model.ts';
import { RawHost, type RawMessage } from '../../support/agents/raw-host.ts';
import { REAL_AGENTS, RealAgents } from '../../support/agents/real-agents.ts';
import { Sandbox } from '../../support/sandbox.ts';
import { waitFor } from '../../support/wait.ts';

const agents = await RealAgents.installed();

type Params = NonNullable<RawMessage['params']>;

/** Allows once whatever it is asked. */
function allow(method: string, { options }: Params): RawMessage['result'] {
  if (method !== 'session/request_permission') return undefined;
  const once = (options as { kind: string; optionId: string }[]).find(({ kind }) => kind === 'allow_once');
  return { outcome: { outcome: 'selected', optionId: once?.optionId } };
}

// All at once, each with a folder and a model of its own: an agent that starts mostly waits.
for (const name of REAL_AGENTS) {
  test.concurrent.skipIf(agents === undefined)(
    `${name} runs a command and writes a file, as the model is told to by the prompt`,
    async () => {
      if (agents === undefined) return;
      using box = new Sandbox();
      await using model = FakeModel.start();
      const { argv, env } = agents.agent(name, model, box.file('home'));
      await using host = RawHost.start(argv, { cwd: box.path, env, answer: allow });
      const session = await host.open(box.path);
      const target = box.file('written.txt');
      const turn = await host.prompt(session, `[[shell echo from-$((40 + 2))]] [[write ${target}|by the agent]]`);
      expect(turn.result).toMatchObject({ stopReason: 'end_turn' });
      expect(host.said).toEndWith('FAKE-DONE 2');
      expect(JSON.stringify(host.updates)).toContain('from-42');
      expect(readFileSync(target, 'utf8')).toBe('by the agent');
      expect(model.requests[0]?.model).toBe('fake-1');
      host.child.stdin?.end();
      expect(await host.exited).toEqual({ code: 0, signal: null });
    },
  );

  test.concurrent.skipIf(agents === undefined)(`${name} can be cancelled while the model is slow`, async () => {
    if (agents === undefined) return;
    using box = new Sandbox();
    await using model = FakeModel.start();
    const { argv, env } = agents.agent(name, model, box.file('home'));
    await using host = RawHost.start(argv, { cwd: box.path, env, answer: allow });
    const sessionId = await host.open(box.path);
    const turn = host.prompt(sessionId, '[[slow 600]]');
    await waitFor('a first tick', () => host.said.includes('tick 0'));
    host.send({ method: 'session/cancel', params: { sessionId } });
    expect((await turn).result).toMatchObject({ stopReason: 'cancelled' });
    await host.prompt(sessionId, '[[say still here]]');
    expect(host.said).toEndWith('still here');
  });
}
