/**
 * How a session begins with an agent that was just started:
 *
 *   initialize ──▶ session/new | session/load | session/resume ──▶ (history settles) ──▶ mode, model, effort
 */
import { fail, ok, type Result } from '../../core/failure.ts';
import { AgentError, type AgentConnection } from '../connection/connection.ts';
import { fieldsOf, listOf, textOf, type Fields } from './entry.ts';
import { chooseMode, chooseModel, chooseOption, type ChoicePorts, type Chosen } from './choices.ts';
import { withAgent, withSession } from './profile.ts';
import { wantsLogin, type Refusal } from './refusal.ts';

const PROTOCOL_VERSION = 1;

export interface OpeningRequest {
  readonly cwd: string;
  readonly mcpServers: readonly unknown[];
  readonly model: string | undefined;
  readonly mode: string | undefined;
  readonly effort: string | undefined;
  /** The agent's id of the session to load. */
  readonly load: string | undefined;
  /** The request of a client elsewhere that this session comes from; what we say of it goes over what it says. */
  readonly asked?: AskedOpening | undefined;
  /** Version of this program. */
  readonly version: string;
}

export interface AskedOpening {
  readonly method: 'session/new' | 'session/fork' | 'session/load' | 'session/resume';
  readonly params: Fields;
}

export interface OpeningPorts extends ChoicePorts {
  readonly sessionIs: (acpSessionId: string) => void;
  /** Resolves when no more of a history comes that is replayed. */
  readonly settled: () => Promise<void>;
  /** Something that was wanted cannot be had: one sentence. */
  readonly warn: (sentence: string) => void;
}

/** What is known of the agent from then on, beside its profile. */
export interface Opened extends Pick<Refusal, 'authMethods'> {
  /** With which the session was made or loaded. */
  readonly answer: Fields;
}

export interface OpeningFailure extends Refusal {
  readonly reason: 'opening-failed';
  readonly detail: string;
  /** As the agent has sent it, where it has. */
  readonly error?: AgentError | undefined;
}

/** Resolves to a failure with a sentence; rejects with AgentGone when the agent ends. */
export async function openSession(
  request: OpeningRequest,
  ports: OpeningPorts,
): Promise<Result<Opened, OpeningFailure>> {
  const { connection, profile, setProfile } = ports;
  const failed = (detail: string, { code, error }: Partial<Refused> = {}, authMethods: readonly unknown[] = []) =>
    fail({ reason: 'opening-failed', detail, code, error, authMethods } as const);
  const answer = await ask(connection, 'initialize', {
    protocolVersion: PROTOCOL_VERSION,
    clientCapabilities: { fs: { readTextFile: true, writeTextFile: true }, terminal: true },
    clientInfo: { name: 'agent-server', title: 'agent-server', version: request.version },
  });
  if (!answer.ok) return failed(`the agent cannot be initialized: ${answer.failure.detail}`, answer.failure);
  const agent = answer.value;
  const authMethods = listOf(agent['authMethods']);
  const version = agent['protocolVersion'];
  if (version !== undefined && version !== PROTOCOL_VERSION)
    return failed(
      `the agent uses version ${JSON.stringify(version)} of the protocol, this server uses version ${PROTOCOL_VERSION}`,
    );
  setProfile(withAgent(profile(), agent));
  const opened = await (request.load === undefined
    ? create(request, ports)
    : load(request.load, request, agent, ports));
  if (!opened.ok)
    return failed(opened.failure.detail + loginAdvice(opened.failure, authMethods), opened.failure, authMethods);
  setProfile(withSession(profile(), opened.value));
  if (request.load !== undefined) await ports.settled();
  for (const chosen of await chooseAll(request, ports)) if (!chosen.ok) ports.warn(chosen.failure.detail);
  return ok({ authMethods, answer: opened.value });
}

async function create(
  { cwd, mcpServers, asked }: OpeningRequest,
  { connection, sessionIs }: OpeningPorts,
): Promise<Result<Fields, Refused>> {
  const { method, params } = asked ?? { method: 'session/new', params: {} };
  const answer = await ask(connection, method, { ...params, cwd, mcpServers: [...mcpServers] });
  if (!answer.ok) return refusedWith(`the agent could not open a session: ${answer.failure.detail}`, answer.failure);
  const sessionId = textOf(answer.value['sessionId']);
  if (sessionId === undefined) return refusedWith('the agent has opened a session without an id');
  sessionIs(sessionId);
  return answer;
}

async function load(
  sessionId: string,
  { cwd, mcpServers, asked }: OpeningRequest,
  agent: Fields,
  { connection, sessionIs }: OpeningPorts,
): Promise<Result<Fields, Refused>> {
  const capabilities = fieldsOf(agent['agentCapabilities']);
  const canLoad = capabilities['loadSession'] === true;
  // Without a replay of what was, which the log has already.
  const canResume = (fieldsOf(capabilities['sessionCapabilities'])['resume'] ?? null) !== null;
  if (!canLoad && !canResume) return refusedWith('the agent cannot load sessions');
  sessionIs(sessionId);
  const method = canLoad ? 'session/load' : 'session/resume';
  const answer = await ask(connection, method, { ...asked?.params, sessionId, cwd, mcpServers: [...mcpServers] });
  return answer.ok
    ? answer
    : refusedWith(`the agent cannot load the session ${sessionId}: ${answer.failure.detail}`, answer.failure);
}

async function chooseAll({ mode, model, effort }: OpeningRequest, ports: OpeningPorts): Promise<Chosen[]> {
  const chosen: Chosen[] = [];
  if (mode !== undefined) chosen.push(await chooseMode(mode, ports));
  if (model !== undefined) chosen.push(await chooseModel(model, ports));
  if (effort !== undefined) chosen.push(await chooseOption('thought_level', effort, ports));
  return chosen;
}

interface Refused {
  readonly reason: 'refused';
  readonly detail: string;
  readonly code: number | undefined;
  readonly error?: AgentError | undefined;
}

const refusedWith = (detail: string, { code, error }: Partial<Refused> = {}) =>
  fail({ reason: 'refused', detail, code, error } as const);

async function ask(connection: AgentConnection, method: string, params: object): Promise<Result<Fields, Refused>> {
  try {
    return ok(fieldsOf(await connection.request(method, params)));
  } catch (error) {
    if (!(error instanceof AgentError)) throw error;
    return refusedWith(sentenceOf(error), { code: error.code, error });
  }
}

/** Many agents put what is wrong into `data`, and a general phrase into the message. */
export function sentenceOf({ message, data }: AgentError): string {
  const details =
    typeof data === 'string' ? data : (textOf(fieldsOf(data)['details']) ?? textOf(fieldsOf(data)['message']));
  return details === undefined || details === '' ? message : `${message}: ${details}`;
}

function loginAdvice({ code }: Refused, authMethods: readonly unknown[]): string {
  if (!wantsLogin({ code })) return '';
  const methods = authMethods
    .map(fieldsOf)
    .flatMap(({ id, name }) => (typeof id !== 'string' ? [] : [typeof name === 'string' ? `${name} (${id})` : id]));
  return methods.length === 0
    ? '; log in with the agent’s own program first'
    : `; the agent requires a login: ${methods.join(', ')}. Log in with its own program first`;
}
