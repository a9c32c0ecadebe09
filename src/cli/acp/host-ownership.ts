/**
 * Whose files and terminals the agent uses. A server of acpremote offers an agent what the client says it can: where they are
 * to be that machine's own, the client must say that it cannot do it.
 */
import { isObject, type Message } from './json-rpc.ts';

/** The params of an initialize. */
export function withoutHost(params: Message): Message {
  const { clientCapabilities } = params;
  if (!isObject(clientCapabilities)) return params;
  const fs = isObject(clientCapabilities['fs']) ? clientCapabilities['fs'] : {};
  return {
    ...params,
    clientCapabilities: {
      ...clientCapabilities,
      fs: { ...fs, readTextFile: false, writeTextFile: false },
      terminal: false,
    },
  };
}
