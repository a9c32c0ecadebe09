import { describe, expect, test } from 'bun:test';
import { fieldsOf, listOf } from '../../../src/agents/session/entry.ts';
import { chooseMode, chooseModel, setOption } from '../../../src/agents/session/choices.ts';
import { ended, say, World } from './world.ts';

const currentOf = (options: unknown, category: string) =>
  listOf(options)
    .map(fieldsOf)
    .find((option) => option['category'] === category)?.['currentValue'];

test('what the agent tells before it has answered is not lost', async () => {
  await using world = new World();
  const session = await world.open('--update-before-new');
  expect(session.state).toBe('idle');
  expect(world.kinds).not.toEqual([]);
  expect(await say(session, '[[say x]]')).toBe('x');
});

test('name, abilities and options of the agent are known', async () => {
  await using world = new World();
  const session = await world.open('--models --modes');
  expect(session.profile).toMatchObject({
    agentInfo: { name: 'scripted' },
    capabilities: { loadSession: true },
    modes: { currentModeId: expect.any(String) },
    configOptions: expect.any(Array),
  });
});

describe('a session that is loaded', () => {
  /** A session that has said something, and has ended. */
  async function before(world: World, flags = ''): Promise<string> {
    const session = await world.open(flags);
    await say(session, '[[say remembered]]');
    await session.close();
    world.entries.length = 0;
    return session.acpSessionId ?? '';
  }

  test.each(['', '--late-replay 20'])('its history is no part of the first turn (%s)', async (flags) => {
    await using world = new World();
    const load = await before(world);
    const session = await world.open(flags, { load, logsHistory: false });
    expect(session.acpSessionId).toBe(load);
    expect(await ended(session, '[[say new]]')).toMatchObject({ text: 'new' });
    expect(world.of('agent_message_chunk').map(({ content }) => fieldsOf(content)['text'])).toEqual(['new']);
  });

  test('a log that is new has the history in it', async () => {
    await using world = new World();
    const load = await before(world);
    const session = await world.open('', { load });
    expect(world.of('agent_message_chunk').map(({ content }) => fieldsOf(content)['text'])).toEqual(['remembered']);
    expect(await ended(session, '[[say new]]')).toMatchObject({ text: 'new' });
  });

  test('an agent that resumes without a replay', async () => {
    await using world = new World();
    const load = await before(world);
    const session = await world.open('--no-load --resume', { load });
    expect(await say(session, '[[cwd]]')).toContain(load);
  });

  test('an agent that cannot, or does not know that session', async () => {
    await using world = new World();
    const load = await before(world);
    expect(await world.open('--no-load', { load })).toMatchObject({
      state: 'failed',
      error: 'the agent cannot load sessions',
    });
    expect((await world.open('', { load: 'nobody' })).error).toStartWith('the agent cannot load the session nobody: ');
  });
});

describe('model, mode and effort', () => {
  test('are set at the beginning, and can be changed', async () => {
    await using world = new World();
    const session = await world.open('--models --modes');
    const models = listOf(session.profile.configOptions)
      .map(fieldsOf)
      .find(({ category }) => category === 'model');
    const [first, second] = listOf(models?.['options']).map((option) => String(fieldsOf(option)['value']));
    const chosen = await world.open('--models --modes', { model: second });
    expect(currentOf(chosen.profile.configOptions, 'model')).toBe(second);
    expect(await chosen.choose((ports) => chooseModel(first ?? '', ports))).toMatchObject({ ok: true });
    expect(currentOf(chosen.profile.configOptions, 'model')).toBe(first);
    expect(world.of('warning')).toEqual([]);
  });

  test('in the older fields', async () => {
    await using world = new World();
    const session = await world.open('--models --modes --no-config');
    const [, model] = listOf(fieldsOf(session.profile.models)['availableModels']).map(fieldsOf);
    const [, mode] = listOf(fieldsOf(session.profile.modes)['availableModes']).map(fieldsOf);
    expect(await session.choose((ports) => chooseModel(String(model?.['modelId']), ports))).toMatchObject({ ok: true });
    expect(await session.choose((ports) => chooseMode(String(mode?.['id']), ports))).toMatchObject({ ok: true });
    expect(session.profile).toMatchObject({
      models: { currentModelId: model?.['modelId'] },
      modes: { currentModeId: mode?.['id'] },
    });
  });

  test('an agent without them: a warning, and the session opens', async () => {
    await using world = new World();
    const session = await world.open('', { model: 'large', effort: 'high', mode: 'plan' });
    expect(session.state).toBe('idle');
    expect(world.of('warning').map(({ text }) => text)).toEqual([
      expect.stringContaining('plan'),
      expect.stringContaining('large'),
      expect.stringContaining('high'),
    ]);
  });

  test('a value that the agent refuses', async () => {
    await using world = new World();
    const session = await world.open('--models');
    expect(await session.choose((ports) => setOption('nope', 'x', ports))).toMatchObject({
      ok: false,
      failure: { reason: 'agent-refused', detail: expect.stringContaining('nope') },
    });
  });
});
