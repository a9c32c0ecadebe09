/** `initialize` between a client elsewhere and an agent of this machine. */
import { fieldsOf, type Fields } from '../session/entry.ts';
import type { ConnectRequest } from './client.ts';

/** Files and terminals are those of this machine, or those that the client has. */
export function toAgent(params: Fields, host: ConnectRequest['host']): Fields {
  if (host === 'client') return params;
  return { ...params, clientCapabilities: { fs: { readTextFile: true, writeTextFile: true }, terminal: true } };
}

/** What the agent cannot do and this server can: its log has every session. */
export function toClient(answer: Fields): Fields {
  const capabilities = fieldsOf(answer['agentCapabilities']);
  const sessionCapabilities = fieldsOf(capabilities['sessionCapabilities']);
  return {
    ...answer,
    agentCapabilities: {
      ...capabilities,
      loadSession: true,
      sessionCapabilities: { close: {}, list: {}, resume: {}, ...sessionCapabilities },
    },
  };
}
