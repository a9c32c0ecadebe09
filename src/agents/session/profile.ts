/** What is known of an agent and its session, from its answers and from what it updates by itself. */
import { isObject } from '../is-object.ts';
import { fieldsOf, listOf, textOf, type Fields } from './entry.ts';

const TITLE_CHARACTERS = 80;

export interface ProfileFields {
  readonly agentInfo: unknown;
  readonly capabilities: unknown;
  readonly modes: unknown;
  readonly models: unknown;
  readonly configOptions: unknown;
  readonly commands: unknown;
  readonly title: string | null;
  readonly usage: unknown;
}

export const EMPTY_PROFILE: ProfileFields = {
  agentInfo: null,
  capabilities: null,
  modes: null,
  models: null,
  configOptions: null,
  commands: null,
  title: null,
  usage: null,
};

/** The answer to `initialize`. */
export function withAgent(profile: ProfileFields, answer: Fields): ProfileFields {
  return {
    ...profile,
    agentInfo: answer['agentInfo'] ?? null,
    capabilities: answer['agentCapabilities'] ?? null,
  };
}

/** The answer to `session/new` and its like, or to a change of an option. What it does not name stays. */
export function withSession(profile: ProfileFields, answer: Fields): ProfileFields {
  const { modes, models, configOptions } = profile;
  return {
    ...profile,
    modes: answer['modes'] ?? modes,
    models: answer['models'] ?? models,
    configOptions: answer['configOptions'] ?? configOptions,
  };
}

export function withPrompt(profile: ProfileFields, text: string): ProfileFields {
  const line = text.trim().split('\n')[0] ?? '';
  if (profile.title !== null || line === '') return profile;
  return { ...profile, title: line.length > TITLE_CHARACTERS ? `${line.slice(0, TITLE_CHARACTERS - 1)}…` : line };
}

export function withUpdate(profile: ProfileFields, kind: string, update: Fields): ProfileFields {
  switch (kind) {
    case 'available_commands_update':
      return { ...profile, commands: update['availableCommands'] ?? null };
    case 'config_option_update':
      return { ...profile, configOptions: update['configOptions'] ?? profile.configOptions };
    case 'current_mode_update':
      return withMode(profile, update['currentModeId']);
    case 'session_info_update':
      return { ...profile, title: 'title' in update ? (textOf(update['title']) ?? null) : profile.title };
    case 'usage_update': {
      const { sessionUpdate: _kind, ...usage } = update;
      return { ...profile, usage };
    }
    default:
      return profile;
  }
}

export const withMode = (profile: ProfileFields, modeId: unknown): ProfileFields =>
  isObject(profile.modes) ? { ...profile, modes: { ...profile.modes, currentModeId: modeId } } : profile;

export const withModel = (profile: ProfileFields, modelId: unknown): ProfileFields =>
  isObject(profile.models) ? { ...profile, models: { ...profile.models, currentModelId: modelId } } : profile;

/** After a request of a client that has chosen something, and its answer. */
export function withChoice(profile: ProfileFields, method: string, params: Fields, answer: Fields): ProfileFields {
  switch (method) {
    case 'session/set_mode':
      return withMode(profile, params['modeId']);
    case 'session/set_model':
      return withModel(profile, params['modelId']);
    case 'session/set_config_option':
      return withSession(profile, answer);
    default:
      return profile;
  }
}

/** What an option of the session is for: by its category, else by the id that agents without categories use. */
export type OptionPurpose = 'model' | 'thought_level' | 'mode';

const USUAL_IDS: Readonly<Record<OptionPurpose, readonly string[]>> = {
  model: ['model'],
  thought_level: ['reasoning_effort', 'effort', 'thought_level'],
  mode: ['mode'],
};

/** Id of the option for that purpose; undefined when the agent has none. */
export function optionFor(profile: ProfileFields, purpose: OptionPurpose): string | undefined {
  const options = listOf(profile.configOptions).map(fieldsOf);
  const byCategory = options.find(({ category }) => category === purpose);
  const byId = options.find(
    ({ id, category }) => (category ?? null) === null && USUAL_IDS[purpose].includes(String(id)),
  );
  return textOf((byCategory ?? byId)?.['id']);
}
