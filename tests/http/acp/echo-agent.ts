/** The agent of the fake broker, unless a story has its own. */
import { fieldsOf, type Fields } from '../../../src/agents/session/entry.ts';

export interface Listener {
  /** A message, and the session whose stream it is for, where there are such. */
  send(message: Fields, session?: string): void;
}

/** Is told every message of a client, in its order. */
export type Agent = (message: Fields, client: Listener) => void;

/** Answers each prompt with one update of its text. A prompt `ask` asks for permission first, `hold` is never answered. */
export const echoAgent: Agent = (message, client) => {
  const { id, method } = message;
  const params = fieldsOf(message['params']);
  const session = typeof params['sessionId'] === 'string' ? params['sessionId'] : undefined;
  const answer = (result: unknown, stream?: string) => client.send({ jsonrpc: '2.0', id, result }, stream);
  switch (method) {
    case 'initialize':
      return answer({ protocolVersion: 1, agentCapabilities: { loadSession: true }, authMethods: [] });
    case 'session/new':
      return answer({ sessionId: `session-${String(id)}` });
    case 'session/load':
      return answer({});
    case 'session/prompt': {
      const text = textOf(params);
      if (text === 'hold') return;
      if (text === 'ask') return ask(client, session, id);
      update(client, session, text);
      return answer({ stopReason: 'end_turn' }, session);
    }
    case undefined:
      return granted(message, client);
    default:
      if (id === undefined) return;
      client.send({ jsonrpc: '2.0', id, error: { code: -32_601, message: 'Method not found' } }, session);
  }
};

export const update = (client: Listener, session: string | undefined, text: string): void =>
  client.send(
    {
      jsonrpc: '2.0',
      method: 'session/update',
      params: {
        sessionId: session,
        update: { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } },
      },
    },
    session,
  );

/** The prompts that wait for a permission, by the id of the question. */
const waiting = new WeakMap<Listener, Map<unknown, { readonly id: unknown; readonly session: string | undefined }>>();

function ask(client: Listener, session: string | undefined, id: unknown): void {
  const open = waiting.get(client) ?? new Map();
  const question = 7000 + open.size;
  waiting.set(client, open.set(question, { id, session }));
  const options = [{ optionId: 'yes', name: 'Yes', kind: 'allow_once' }];
  client.send(
    {
      jsonrpc: '2.0',
      id: question,
      method: 'session/request_permission',
      params: { sessionId: session, options, toolCall: { toolCallId: 'call' } },
    },
    session,
  );
}

function granted(message: Fields, client: Listener): void {
  const prompt = waiting.get(client)?.get(message['id']);
  if (prompt === undefined) return;
  waiting.get(client)?.delete(message['id']);
  update(client, prompt.session, JSON.stringify(message['result']));
  client.send({ jsonrpc: '2.0', id: prompt.id, result: { stopReason: 'end_turn' } }, prompt.session);
}

function textOf(params: Fields): string {
  const [first] = Array.isArray(params['prompt']) ? (params['prompt'] as readonly unknown[]) : [];
  const { text } = fieldsOf(first);
  return typeof text === 'string' ? text : '';
}
