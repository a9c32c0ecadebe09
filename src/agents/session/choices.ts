/** Model, mode and further options of a session, in whichever of the protocol’s ways the agent has them. */
import { fail, ok, type Result } from '../../core/failure.ts';
import { AgentError, METHOD_NOT_FOUND, type AgentConnection } from '../connection/connection.ts';
import { isObject } from '../is-object.ts';
import { fieldsOf } from './entry.ts';
import { optionFor, withMode, withModel, withSession, type OptionPurpose, type ProfileFields } from './profile.ts';

export interface ChoicePorts {
  readonly connection: AgentConnection;
  readonly sessionId: () => string;
  /** As it is now: the agent may update it at any time. */
  readonly profile: () => ProfileFields;
  readonly setProfile: (profile: ProfileFields) => void;
}

export interface ChoiceFailure {
  readonly reason: 'choice-refused';
  readonly detail: string;
}

export type Chosen = Result<undefined, ChoiceFailure>;

const refused = (detail: string): Chosen => fail({ reason: 'choice-refused', detail });

const WORDS: Readonly<Record<OptionPurpose, string>> = { model: 'model', thought_level: 'effort', mode: 'mode' };
/** copilot takes these although it does not list them, and they have their effect (measured with 1.0.102). */
const UNLISTED: Readonly<Record<OptionPurpose, string | undefined>> = {
  model: 'model',
  thought_level: 'reasoning_effort',
  mode: undefined,
};

export async function chooseMode(modeId: string, ports: ChoicePorts): Promise<Chosen> {
  if (!isObject(ports.profile().modes)) return chooseOption('mode', modeId, ports);
  const chosen = await request('session/set_mode', { modeId }, `the mode ${modeId}`, ports);
  if (chosen.ok) ports.setProfile(withMode(ports.profile(), modeId));
  return chosen;
}

export async function chooseModel(modelId: string, ports: ChoicePorts): Promise<Chosen> {
  // Of an agent that has both, the option is the newer way.
  if (optionFor(ports.profile(), 'model') !== undefined || !isObject(ports.profile().models))
    return chooseOption('model', modelId, ports);
  const chosen = await request('session/set_model', { modelId }, `the model ${modelId}`, ports);
  if (chosen.ok) ports.setProfile(withModel(ports.profile(), modelId));
  return chosen;
}

export async function chooseOption(purpose: OptionPurpose, value: string, ports: ChoicePorts): Promise<Chosen> {
  const configId = optionFor(ports.profile(), purpose) ?? UNLISTED[purpose];
  if (configId === undefined) return refused(`the agent has no option for the ${WORDS[purpose]}: ${value} was not set`);
  return setOption(configId, value, ports);
}

export async function setOption(configId: string, value: string | boolean, ports: ChoicePorts): Promise<Chosen> {
  const params = typeof value === 'boolean' ? { configId, type: 'boolean', value } : { configId, value };
  return request('session/set_config_option', params, `${String(value)} for the option ${configId}`, ports);
}

async function request(method: string, params: object, what: string, ports: ChoicePorts): Promise<Chosen> {
  try {
    const answer = await ports.connection.request(method, { sessionId: ports.sessionId(), ...params });
    ports.setProfile(withSession(ports.profile(), fieldsOf(answer)));
    return ok(undefined);
  } catch (error) {
    if (!(error instanceof AgentError)) throw error;
    const why = error.code === METHOD_NOT_FOUND ? 'it has no such method' : error.message;
    return refused(`the agent does not take ${what}: ${why}`);
  }
}
