import { describe, expect, test } from 'bun:test';
import type { Door } from '../support/doors.ts';
import { sharedRig } from './shared-rig.ts';

const MIB = 1024 * 1024;

/** agents.md: prompts, their order, their end, and what a session is set to. */
export function agentTurnsSuite(door: Door): void {
  describe('POST …/prompt and …/cancel', () => {
    const rig = sharedRig(door, { flags: { 'agent-grace': '0.5' } });
    const open = (fields = {}) => rig().agents.open(fields);

    test('202 with the turn at once; with wait the turn itself, when it has ended', async () => {
      await using session = await open();
      const at = `${session.path}/prompt`;
      expect(await rig().ask(at, { json: { text: '[[say one]]' } })).toMatchObject({ status: 202, body: { turn: 1 } });
      const { status, body } = await rig().ask(`${at}?wait=60`, { json: { text: '[[think x]][[say two]][[usage]]' } });
      expect({ status, body }).toEqual({
        status: 200,
        body: {
          turn: 2,
          stopReason: 'end_turn',
          text: 'two',
          usage: { inputTokens: 11, outputTokens: 7, totalTokens: 18 },
        },
      });
      expect(await session.record()).toMatchObject({ turns: 2, usage: { used: 20, size: 1000 }, title: '[[say one]]' });
    });

    test('202 where the wait is over before the turn, which goes on', async () => {
      await using session = await open();
      const waited = await rig().ask(`${session.path}/prompt?wait=0.2`, { json: { text: '[[slow 60]]' } });
      expect(waited).toMatchObject({ status: 202, body: { turn: 1 } });
      expect((await session.record()).state).toBe('running');
      await session.delete();
    });

    test('content blocks arrive as they were sent', async () => {
      await using session = await open();
      const content = [
        { type: 'text', text: '[[blocks]]' },
        { type: 'image', data: 'aGk=', mimeType: 'image/png' },
        { type: 'resource_link', uri: 'file:///notes.txt', name: 'notes' },
      ];
      const { body } = await rig().ask(`${session.path}/prompt?wait=60`, { json: { content } });
      expect(body).toMatchObject({ text: 'text image resource_link' });
      expect((await session.of('prompt'))[0]).toMatchObject({ turn: 1, content });
    });

    test('prompts that come meanwhile wait, and run in order', async () => {
      await using session = await open();
      const running = session.prompt('[[say a]][[slow 1]]');
      await session.said('tick 0');
      const waiting = ['[[say b]]', '[[say c]]', '[[say d]]'];
      for (const [index, text] of waiting.entries()) expect(await session.begin(text)).toBe(index + 2);
      expect(await session.record()).toMatchObject({ state: 'running', turns: 4, queued: 3 });
      expect((await running).stopReason).toBe('end_turn');
      const last = await session.prompt('[[say e]]');
      expect(last).toMatchObject({ turn: 5, text: 'e' });
      const log = (await session.of('prompt', 'turn_end')).map((data) => [data['turn'], data['text']]);
      expect(log.slice(2)).toEqual(
        [2, 3, 4, 5].flatMap((turn) => [
          [turn, undefined],
          [turn, ' abcde'[turn]],
        ]),
      );
      expect((await session.record()).queued).toBe(0);
    });

    test('prompts to a session that is still starting wait for its agent', async () => {
      await using session = await rig().agents.begin();
      expect(await session.prompt('[[say early]]')).toMatchObject({ turn: 1, text: 'early' });
    });

    test('a cancel ends the turn with the agent’s last word, and those that wait; then the next one runs', async () => {
      await using session = await open();
      expect(await session.cancel()).toBe(false);
      const running = session.prompt('[[slow 60]]');
      await session.said('tick 0');
      const waiting = session.prompt('[[say never]]');
      await rig().waitFor('the second prompt', async () => (await session.record()).queued === 1);
      expect(await session.cancel()).toBe(true);
      expect(await running).toMatchObject({ turn: 1, stopReason: 'cancelled' });
      expect((await running).text).toStartWith('tick 0 ');
      expect(await waiting).toMatchObject({ turn: 2, stopReason: 'cancelled', text: '' });
      expect(await session.prompt('[[say again]]')).toMatchObject({ turn: 3, stopReason: 'end_turn', text: 'again' });
      expect(await session.cancel()).toBe(false);
    });

    const ENDS: readonly [string, object][] = [
      ['[[refuse]]', { stopReason: 'refusal' }],
      ['[[max-tokens]]', { stopReason: 'max_tokens' }],
      ['[[error -32603|out of tokens]]', { stopReason: 'error', error: expect.stringContaining('out of tokens') }],
    ];
    test('a turn that ends badly ends alone: the session takes the next one', async () => {
      await using session = await open();
      for (const [directive, end] of ENDS) {
        expect(await session.prompt(`[[say so far]]${directive}`)).toMatchObject({ ...end, text: 'so far' });
        expect((await session.record()).state).toBe('idle');
      }
    });

    test('a turn that takes longer than `timeout` is cancelled', async () => {
      await using session = await open({ timeout: 1 });
      expect(await session.prompt('[[slow 60]]')).toMatchObject({ stopReason: 'timeout' });
      expect(await session.say('[[say fine]]')).toBe('fine');
    });

    test('usage that comes after the answer still belongs to the turn', async () => {
      await using session = await open();
      const { usage } = await session.prompt('[[say x]][[late-usage 5]]');
      expect(usage).toMatchObject({ used: 30, size: 1000 });
    });

    test('a prompt may have 16 MiB, and no more', async () => {
      await using session = await open();
      const json = (bytes: number) => {
        const [head, tail] = [
          '{"content":[{"type":"text","text":"[[blocks]]"},{"type":"image","mimeType":"image/png","data":"',
          '"}]}',
        ];
        return `${head}${'a'.repeat(bytes - head.length - tail.length)}${tail}`;
      };
      const post = (body: string) =>
        rig().ask(`${session.path}/prompt?wait=60`, { body, headers: { 'content-type': 'application/json' } });
      expect(await post(json(16 * MIB))).toMatchObject({ status: 200, body: { text: 'text image' } });
      expect((await post(json(16 * MIB + 1))).status).toBe(413);
      expect(await session.say('[[say still here]]')).toBe('still here');
    });

    test('an agent that dies in the middle of a turn: failed, with its exit code and the end of its stderr', async () => {
      const marker = rig().marker();
      await using session = await open({ flags: ['--marker', marker] });
      const running = session.prompt(`[[child ${marker}]][[say half]][[stderr the disk is gone]][[slow 0.5]][[die 7]]`);
      await session.said('half');
      const waiting = session.prompt('[[say never]]');
      const turn = await running;
      expect(turn).toMatchObject({ turn: 1, stopReason: 'error' });
      expect(turn.text).toContain('half');
      const { error } = await session.is('failed');
      expect(error).toMatch(/exit code 7\b.*the disk is gone/);
      expect(turn.error).toBe(error as string);
      expect(await waiting).toMatchObject({ turn: 2, stopReason: 'error', error });
      expect(rig().marked(marker)).toEqual([]);
      expect((await session.of('state')).at(-1)).toMatchObject({ state: 'failed', error });
      expect((await session.delete()).body).toEqual({ deleted: true, id: session.id });
    });

    test('a session that is closed takes no prompt, cancel, option, answer or raw request: 409', async () => {
      await using session = await open();
      await session.delete();
      for (const [route, json] of [
        ['prompt', { text: 'x' }],
        ['cancel', {}],
        ['mode', { modeId: 'x' }],
        ['model', { modelId: 'x' }],
        ['config', { configId: 'x', value: 'y' }],
        ['raw', { method: 'x' }],
        ['permissions/p1', { reply: 'once' }],
      ] as const) {
        const { status, body } = await rig().ask(`${session.path}/${route}`, { json });
        expect({ route, status }).toEqual({ route, status: 409 });
        expect((body as { error: string }).error).toContain('resume');
        expect((await rig().ask(`/agents/sessions/000000000000/${route}`, { json })).status).toBe(404);
      }
    });
  });

  describe('POST …/mode, …/model, …/config and …/raw', () => {
    const rig = sharedRig(door);
    const open = (...flags: string[]) => rig().agents.open({ flags });
    const CODE = 'https://example.org/modes#code';

    test('change what the agent uses, and answer with the record', async () => {
      await using session = await open('--models', '--modes');
      const { path } = session;
      expect(await rig().post<unknown>(`${path}/mode`, { modeId: CODE })).toMatchObject({
        id: session.id,
        modes: { currentModeId: CODE },
      });
      expect(await rig().post<unknown>(`${path}/model`, { modelId: 'large' })).toMatchObject({
        configOptions: [{ id: 'model', currentValue: 'large' }, { id: 'effort' }, { id: 'mode' }],
      });
      await rig().post(`${path}/config`, { configId: 'effort', value: 'medium' });
      expect(await session.say('[[config mode]] [[config model]] [[config effort]]')).toBe(
        `mode=${CODE}model=largeeffort=medium`,
      );
    });

    test('of an agent that has only the older fields', async () => {
      await using session = await open('--models', '--modes', '--no-config');
      expect(await rig().post<unknown>(`${session.path}/model`, { modelId: 'large' })).toMatchObject({
        models: { currentModelId: 'large' },
      });
      await rig().post(`${session.path}/mode`, { modeId: CODE });
      expect(await session.say('[[config mode]] [[config model]]')).toBe(`mode=${CODE}model=large`);
    });

    test('while a turn runs', async () => {
      await using session = await open('--models');
      const running = session.prompt('[[slow 1]][[config model]]');
      await session.said('tick 0');
      await rig().post(`${session.path}/model`, { modelId: 'large' });
      expect((await running).text).toEndWith('model=large');
    });

    test('what the agent refuses: 502 with its words', async () => {
      await using session = await open('--models', '--modes');
      for (const [route, json, words] of [
        ['mode', { modeId: 'odd' }, 'odd'],
        ['model', { modelId: 'huge' }, 'huge'],
        ['config', { configId: 'colour', value: 'red' }, 'red'],
      ] as const) {
        const { status, body } = await rig().ask(`${session.path}/${route}`, { json });
        expect({ route, status }).toEqual({ route, status: 502 });
        expect((body as { error: string }).error).toContain(words);
      }
      expect((await session.record()).state).toBe('idle');
    });

    test('raw: any request, the agent’s answer; its errors are 502', async () => {
      await using session = await open('--models');
      const raw = (json: unknown) => rig().ask(`${session.path}/raw`, { json });
      // The session's id is added where it is missing.
      const params = { configId: 'model', value: 'large' };
      expect(await raw({ method: 'session/set_config_option', params })).toMatchObject({
        status: 200,
        body: { result: { configOptions: [{ currentValue: 'large' }, { id: 'effort' }] } },
      });
      expect(await raw({ method: 'authenticate', params: { methodId: 'scripted-login' } })).toMatchObject({
        status: 200,
        body: { result: {} },
      });
      for (const [method, words] of [
        ['authenticate', 'methodId'],
        ['_agent/own', 'Method not found: _agent/own'],
        ['session/set_mode', 'mode'],
      ] as const) {
        const { status, body } = await raw({ method });
        expect({ method, status }).toEqual({ method, status: 502 });
        expect((body as { error: string }).error).toContain(words);
      }
    });

    test('raw: session/cancel, which nothing answers', async () => {
      await using session = await open();
      const running = session.prompt('[[slow 60]]');
      await session.said('tick 0');
      expect(await rig().ask(`${session.path}/raw`, { json: { method: 'session/cancel' } })).toMatchObject({
        status: 200,
        body: { result: null },
      });
      expect((await running).stopReason).toBe('cancelled');
    });
  });
}
