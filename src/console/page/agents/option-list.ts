/** The options of a session, out of the three ways in which agents tell of them. */
import type { AgentSessionResource } from '../../../protocol/agents.ts';
import { listOf, objectOf, textOf, type Sent } from './sent.ts';

export interface Choice {
  readonly value: string;
  readonly name: string;
  readonly description: string | undefined;
  readonly group: string | undefined;
}

export interface SessionOption {
  readonly id: string;
  readonly name: string;
  readonly description: string | undefined;
  /** What sets it: modes and models of older agents have calls of their own. */
  readonly via: 'config' | 'mode' | 'model';
  readonly value: string | boolean;
  /** Undefined: it is on or off. */
  readonly choices: readonly Choice[] | undefined;
}

/** Those that stand first, in their order. */
const FIRST = ['mode', 'model', 'thought_level'];

export function optionsOf({
  configOptions,
  modes,
  models,
}: Pick<AgentSessionResource, 'configOptions' | 'modes' | 'models'>): SessionOption[] {
  const sent = listOf(configOptions).map(objectOf);
  const has = (category: string): boolean => sent.some((one) => one['category'] === category);
  const rank = (one: Sent): number => (FIRST.indexOf(String(one['category'])) + FIRST.length + 1) % (FIRST.length + 1);
  return [
    ...(has('mode') ? [] : older('mode', 'Mode', objectOf(modes), 'availableModes', 'currentModeId', 'id')),
    ...(has('model') ? [] : older('model', 'Model', objectOf(models), 'availableModels', 'currentModelId', 'modelId')),
    ...sent.toSorted((a, b) => rank(a) - rank(b)).flatMap(configOption),
  ];
}

function configOption(sent: Sent): SessionOption[] {
  const { id, name, description, type, currentValue, options } = sent;
  if (typeof id !== 'string') return [];
  const common = { id, name: textOf(name) ?? id, description: textOf(description), via: 'config' as const };
  if (type === 'boolean') return [{ ...common, value: currentValue === true, choices: undefined }];
  const choices = listOf(options).flatMap((one) => choicesIn(objectOf(one)));
  return choices.length === 0 ? [] : [{ ...common, value: textOf(currentValue) ?? '', choices }];
}

/** A choice, or a group of them. */
function choicesIn(sent: Sent): Choice[] {
  if (!Array.isArray(sent['options'])) return choice(sent, 'value', undefined);
  const group = textOf(sent['name']) ?? textOf(sent['group']);
  return sent['options'].flatMap((one) => choice(objectOf(one), 'value', group));
}

function choice(sent: Sent, valueField: string, group: string | undefined): Choice[] {
  const value = textOf(sent[valueField]);
  if (value === undefined) return [];
  return [{ value, name: textOf(sent['name']) ?? value, description: textOf(sent['description']), group }];
}

function older(
  via: 'mode' | 'model',
  name: string,
  sent: Sent,
  listField: string,
  currentField: string,
  valueField: string,
): SessionOption[] {
  const choices = listOf(sent[listField]).flatMap((one) => choice(objectOf(one), valueField, undefined));
  const value = textOf(sent[currentField]) ?? '';
  return choices.length === 0 ? [] : [{ id: via, name, description: undefined, via, value, choices }];
}
