/** The built library in Node with real agents, offline against a scripted model. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildLibrary } from '../../../src/release/build/build-library.ts';
import { FakeModel } from '../../support/agents/model/fake-model.ts';
import { REAL_AGENTS, RealAgents } from '../../support/agents/real-agents.ts';
import { Sandbox } from '../../support/sandbox.ts';
import { Caller } from './caller.ts';

const agents = await RealAgents.installed();
const SLOW = 90_000;

// Each at the same time as the others of its agent, in a folder of its own: most of the time they wait.
describe.skipIf(agents === undefined).each(REAL_AGENTS)('%s', (name) => {
  const built = new Sandbox();
  const model = FakeModel.start();
  beforeAll(() => buildLibrary(built.path));
  afterAll(async () => {
    built[Symbol.dispose]();
    await model[Symbol.asyncDispose]();
  });

  const described = (home: string) => {
    if (agents === undefined) throw new Error('skipped');
    const { argv, env } = agents.agent(name, model, home);
    return { agent: argv, env };
  };

  test.concurrent(
    'works in the folder, is held to it, and goes on later',
    async () => {
      using caller = new Caller('node', join(built.path, 'acp-client.mjs'));
      using other = new Sandbox();
      const agent = described(caller.workdir);
      const prompt = `[[shell echo hi > shell.txt]][[write ${caller.file('in.txt')}|in]]`;
      const first = await caller.run({ ...agent, prompt, permission: 'workdir' });
      expect(first.error).toBeUndefined();
      expect(first.result?.stopReason).toBe('end_turn');
      expect(first.result?.text).toContain('FAKE-DONE');
      expect(first.result?.toolCalls.length).toBeGreaterThanOrEqual(2);
      expect(readFileSync(caller.file('shell.txt'), 'utf8')).toBe('hi\n');
      expect(readFileSync(caller.file('in.txt'), 'utf8')).toBe('in');
      expect(caller.leftBehind()).toEqual([]);
      const outside = `[[write ${other.file('out.txt')}|out]]`;
      const refused = await caller.run({ ...agent, prompt: outside, permission: 'workdir' });
      expect(refused.events).toContainEqual(
        expect.objectContaining({ event: 'permission_answer', data: expect.objectContaining({ by: 'policy' }) }),
      );
      expect(existsSync(other.file('out.txt'))).toBe(false);

      const resume = first.result?.sessionId ?? '';
      const second = await caller.run({ ...agent, resume, prompt: '[[say again]]' });
      expect(second.result).toMatchObject({ sessionId: resume, toolCalls: [] });
      expect(second.result?.text).toContain('again');
      expect(caller.leftBehind()).toEqual([]);
    },
    SLOW,
  );

  test.concurrent(
    'writes nothing without permission, and is gone after a timeout',
    async () => {
      using caller = new Caller('node', join(built.path, 'acp-client.mjs'));
      const agent = described(caller.workdir);
      const denied = await caller.run({ ...agent, prompt: `[[write ${caller.file('in.txt')}|in]]` });
      expect(denied.result).toBeDefined();
      expect(existsSync(caller.file('in.txt'))).toBe(false);
      const late = await caller.run({ ...agent, prompt: '[[slow 600]]', timeoutMs: 8000 });
      expect(late.error?.reason).toBe('timed-out');
      expect(caller.leftBehind()).toEqual([]);
    },
    SLOW,
  );
});
