/** `GET /agents/sessions/{id}/events`: the log of a session, as Server-Sent Events or as an array. */
import Type from 'typebox';
import type { SessionEntry } from '../../agents/session/entry.ts';
import type { AgentSessions } from '../../agents/sessions.ts';
import type { ReadLimits } from '../../events/log.ts';
import { AgentEvent } from '../../protocol/agents.ts';
import { empty, eventStream as streamAnswer, refusal } from '../wire/answers.ts';
import { cursorOf, EVENT_CURSOR, SINCE } from '../wire/event-cursor.ts';
import { eventStream } from '../wire/event-stream.ts';
import { json } from '../wire/json.ts';
import { query } from '../wire/query.ts';
import { resource } from '../wire/routes.ts';
import { refuse } from './failures.ts';
import { SESSION, SESSION_UNKNOWN } from './parameters.ts';
import { eventView } from './view.ts';

const LIMIT = { default: 500, max: 5000 } as const;
/** Bytes of events in one array; one event at least is in it. */
const MAX_BYTES = 16 * 1024 * 1024;

export const agentEventRoutes = (sessions: AgentSessions) =>
  resource('agent-events').get(
    '/agents/sessions/:id/events',
    async ({ params: { id }, headers: given, query: asked, request }) => {
      const opened = await logOf(sessions, id);
      if (opened === undefined) return refuse({ reason: 'session-not-found' });
      const { log, isOver, close } = opened;
      const after = cursorOf(given, asked);
      if (asked.format === 'json') {
        const events = log.read(after, { entries: asked.limit ?? LIMIT.default, bytes: MAX_BYTES });
        close();
        return json(events.map(eventView));
      }
      if (isOver() && after >= log.last) {
        close();
        return new Response(null, { status: 204 });
      }
      const source = {
        read: (cursor: number, limits: ReadLimits) => log.read(cursor, limits),
        changed: log.grown,
        get ended() {
          return isOver();
        },
        [Symbol.dispose]: close,
      };
      const render = ({ event, data }: SessionEntry) => ({ event, data });
      return eventStream({ source, after, render, method: request.method, signal: request.signal });
    },
    {
      access: 'observe',
      params: SESSION,
      headers: EVENT_CURSOR,
      ...query(
        Type.Object({
          ...SINCE,
          format: Type.Optional(
            Type.Enum(['stream', 'json'], {
              description:
                '`stream`: Server-Sent Events, as they come. `json`: an array of AgentEvent, at once. Default `stream`.',
            }),
          ),
          limit: Type.Optional(
            Type.Integer({
              minimum: 1,
              maximum: LIMIT.max,
              description: `Events in the array, 1 to ${LIMIT.max}; fewer if together they exceed 16 MiB. Default ${LIMIT.default}.`,
            }),
          ),
        }),
      ),
      response: {
        200: streamAnswer(
          'The events; `data` is what AgentEvent says of it. With `format=json` an array of them.',
          [],
          Type.Array(AgentEvent),
        ),
        204: empty('The session is not open, and there is nothing after that event.'),
        400: refusal('A parameter is not valid.'),
        404: SESSION_UNKNOWN,
      },
      detail: {
        operationId: 'followAgentSession',
        summary: 'The events of a session, past and new, as Server-Sent Events.',
        description:
          '`id` is a whole number from 1, `event` the kind of update, `data` the update as the agent sent it. A reader that reconnects with `Last-Event-ID` gets what came after it, without loss or repeat, also after a restart of the server. The stream ends with the session; reconnecting then is answered with 204.',
        tags: ['Agents'],
      },
    },
  );

/** The log of an open session is shared, that of another is opened for this reader. */
async function logOf(sessions: AgentSessions, id: string) {
  const open = sessions.find(id);
  if (open !== undefined) {
    const held = open.use.hold();
    return { log: open.log, isOver: () => open.session.over, close: () => held[Symbol.dispose]() };
  }
  const log = await sessions.openLog(id);
  return log === undefined ? undefined : { log, isOver: () => true, close: () => log[Symbol.dispose]() };
}
