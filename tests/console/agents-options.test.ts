/** The options of a session: which ones an agent offers, in which order. */
import { describe, expect, test } from 'bun:test';
import { optionsOf } from '../../src/console/page/agents/option-list.ts';

describe('the options of a session', () => {
  const modes = { currentModeId: 'a', availableModes: [{ id: 'a', name: 'A' }, { id: 'b' }] };
  const named = (record: Partial<Parameters<typeof optionsOf>[0]>) =>
    optionsOf({ configOptions: null, modes: null, models: null, ...record }).map(
      ({ via, id, value }) => `${via} ${id} ${value}`,
    );

  test('an agent’s own come in an order: mode, model, thoughts, others', () => {
    const option = (id: string, category?: string) => ({
      id,
      category,
      type: 'select',
      currentValue: 'x',
      options: [{ value: 'x', name: 'X' }],
    });
    const configOptions = [
      option('other'),
      option('effort', 'thought_level'),
      option('model', 'model'),
      option('mode', 'mode'),
    ];
    expect(named({ configOptions, modes })).toEqual([
      'config mode x',
      'config model x',
      'config effort x',
      'config other x',
    ]);
  });

  test('the older ways are used where an agent has no other', () => {
    const models = { currentModelId: 'm', availableModels: [{ modelId: 'm', name: 'M' }] };
    expect(named({ modes, models })).toEqual(['mode mode a', 'model model m']);
  });

  test('groups are kept, and what is no option is left out', () => {
    const options = [{ group: 'g', name: 'Group', options: [{ value: 'x', name: 'X' }] }];
    const configOptions = [
      { id: 'm', type: 'select', currentValue: 'x', options },
      { id: 'empty', options: [] },
      7,
      null,
    ];
    const found = optionsOf({ configOptions, modes: null, models: 'none' });
    expect(found.map(({ choices }) => choices)).toEqual([
      [{ value: 'x', name: 'X', description: undefined, group: 'Group' }],
    ]);
  });
});
