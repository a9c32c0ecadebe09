/** What an entry of a session's log says to a client of the protocol: the same text whenever it is asked. */
import { fieldsOf, listOf, OWN_EVENTS, textOf, type SessionEntry } from '../session/entry.ts';
import { notificationText } from './json-rpc.ts';

/** As many messages as it takes; none for what only concerns this server. */
export function messagesOf(sessionId: string, { event, data, meta }: SessionEntry): readonly string[] {
  const updated = (update: unknown, _meta?: unknown) =>
    notificationText('session/update', { sessionId, update, ...(_meta !== undefined && { _meta }) });
  if (!OWN_EVENTS.has(event)) return [updated(data, meta)];
  const fields = fieldsOf(data);
  if (event === 'prompt')
    return listOf(fields['content']).map((content) => updated({ sessionUpdate: 'user_message_chunk', content }));
  // A notification of the agent that is none of the protocol's: its client may know it.
  const method = event === 'warning' ? textOf(fields['method']) : undefined;
  return method === undefined ? [] : [notificationText(method, fields['params'])];
}
