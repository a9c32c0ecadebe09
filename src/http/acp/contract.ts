/** What the routes of the doors state of themselves. */
import Type from 'typebox';
import { AcpMetadata } from '../../protocol/acp-metadata.ts';
import { answer, empty, eventStream, jsonRequest, refusal, socket } from '../wire/answers.ts';
import { documented, headers, parameters } from '../wire/schema.ts';

const AGENT = Type.String({
  description: 'Id of an installed agent (`GET /agents`). Default: `--acp-agent`, else the first that is installed.',
});
const HOST = Type.Enum(['remote', 'client'], {
  description:
    'At `initialize` or at the upgrade. Whose files and terminals the agent uses. `remote`: this machine’s, whatever the client offers. `client`: those that the client offers and no others; the agent’s process is then this connection’s alone. Default `remote`.',
});

const QUERY = Type.Object({ agent: Type.Optional(AGENT), host: Type.Optional(HOST) });
const SOCKET_QUERY = Type.Object({
  ...QUERY.properties,
  ticket: Type.Optional(
    Type.String({ description: 'At an upgrade: from `POST /tickets`, in place of the key, for browsers. Used once.' }),
  ),
});

const NAMING = {
  'Acp-Agent': Type.Optional(Type.String({ description: 'The same as `agent`; two that differ are refused.' })),
  'Acp-Host': Type.Optional(Type.Enum(['remote', 'client'], { description: 'The same as `host`.' })),
};
const CONNECTION = {
  'Acp-Connection-Id': Type.Optional(
    Type.String({
      description: 'The connection, as the answer to `initialize` named it. It proves nothing: the key does.',
    }),
  ),
};
const SESSION = {
  'Acp-Session-Id': Type.Optional(
    Type.String({
      description: 'The session that the message or the stream is of: the agent’s id, at most 1024 characters.',
    }),
  ),
};

const NAMED_TWICE = 'Path, query and headers name different agents, or `host` is neither `remote` nor `client`.';
const UNKNOWN = refusal('There is no such connection, with this key, or no such agent that is installed.');
const BUSY = (what: string) => refusal(`${what} \`Retry-After\` says in how many seconds to try again.`);
const GOING_DOWN = refusal('The server is going down; `Retry-After` says when to try again.');

const Message = Type.Object(
  {
    jsonrpc: Type.Literal('2.0', { description: 'Version of JSON-RPC.' }),
    id: Type.Optional(Type.Unknown({ description: 'Of a request and of its answer: a string or a number.' })),
    method: Type.Optional(Type.String({ description: 'Of a request or a notification.' })),
    params: Type.Optional(Type.Unknown({ description: 'Its parameters.' })),
    result: Type.Optional(Type.Unknown({ description: 'Of an answer.' })),
    error: Type.Optional(Type.Unknown({ description: 'Of an answer that is an error.' })),
  },
  { $id: 'AcpMessage', description: 'A message of the Agent Client Protocol, which is JSON-RPC 2.0.' },
);

const STREAM_HEADERS = documented(
  headers(
    Type.Object({
      Accept: Type.Optional(Type.String({ description: '`text/event-stream` for a stream.' })),
      ...CONNECTION,
      ...SESSION,
      'Last-Event-ID': Type.Optional(
        Type.Integer({
          minimum: 0,
          description: 'Of a stream: everything after this event comes again. Default: what was not written yet.',
        }),
      ),
      'Acp-Received-Frames': Type.Optional(
        Type.Integer({
          minimum: 0,
          description:
            'At an upgrade with `Acp-Connection-Id`: text frames that the client has had on that connection. Everything after them comes again.',
        }),
      ),
      ...NAMING,
    }),
  ),
);

const get = {
  access: 'agents',
  parse: 'none',
  slow: true,
  query: documented(parameters(SOCKET_QUERY)),
  headers: STREAM_HEADERS,
  response: {
    101: socket(
      'The socket is open. `Acp-Connection-Id` names the connection; `Acp-Received-Frames`, of one that is gone on with, says how many text frames of the client have arrived.',
      [Message],
    ),
    200: eventStream(
      'The stream: `id` is a whole number from 1 in each stream, `data` an AcpMessage; no `event`. Without a connection the metadata.',
      [Message],
      AcpMetadata,
    ),
    400: refusal(
      `No \`Acp-Connection-Id\`, a position that is no whole number or beyond the last message. ${NAMED_TWICE}`,
    ),
    404: UNKNOWN,
    406: refusal('A connection is named, and `Accept` does not hold `text/event-stream`.'),
    410: refusal('What was sent after that position is not kept any more: initialize, and load the sessions again.'),
    429: BUSY('64 streams of sessions in the connection, 64 connections, or too many starts of the agent.'),
    503: GOING_DOWN,
  },
} as const;

const getWords = {
  summary: 'The socket of an agent, a stream of a connection, or the metadata of the socket at `…/ws`.',
  description:
    'With `Upgrade: websocket` it is a WebSocket: each text frame is an AcpMessage, of at most 16 MiB, the first one `initialize` with an id. A socket that breaks is gone on with by another upgrade, with `Acp-Connection-Id` and `Acp-Received-Frames`, within ten minutes. It closes with 1001 when the server goes down or another socket goes on with the connection, 1002 when the first message is not `initialize`, 1008 when its client reads nothing for 60 seconds, when 256 messages wait or one for it has more than 64 MiB, 1009 for a longer frame, 1011 when the agent has ended and no session is left, 3401 when the key has ended. With `Accept: text/event-stream` or `Acp-Connection-Id` it is the stream of a connection, with `Acp-Session-Id` that of one of its sessions, also of one that only the agent knows yet. A stream that is asked for again is taken over, and the first one ends. Anything else gets the metadata.',
  tags: ['Agents'],
};

const post = {
  access: 'agents',
  parse: 'none',
  slow: true,
  query: documented(parameters(QUERY)),
  headers: documented(headers(Type.Object({ ...CONNECTION, ...SESSION, ...NAMING }))),
  response: {
    200: answer(
      'The answer to `initialize`; `Acp-Connection-Id` names the connection, and is absent where it is an error: then nothing is kept.',
      Message,
    ),
    202: empty('The message is on its way to the agent. What is answered to it comes by a stream.'),
    400: refusal(
      `The body is not a message, \`Acp-Connection-Id\` is missing or comes with \`initialize\`, \`initialize\` has no id, or \`Acp-Session-Id\` is missing or differs. ${NAMED_TWICE}`,
    ),
    404: UNKNOWN,
    413: refusal('The message is larger than 16 MiB.'),
    415: refusal('The body is compressed, or not declared as `application/json`.'),
    429: BUSY(
      '32 requests of the connection wait for their answers, 256 messages for the agent, 64 clients are connected, or the agent was started too often.',
    ),
    501: refusal('The body is a batch.'),
    503: GOING_DOWN,
  },
} as const;

const postWords = {
  summary: 'A message to an agent, by the Agent Client Protocol over HTTP.',
  description:
    'The first one is `initialize`, without `Acp-Connection-Id`, and starts the agent. Messages of a session, and answers to requests that came on its stream, carry `Acp-Session-Id`. An agent that cannot be started is told of in an answer with a JSON-RPC error and without `Acp-Connection-Id`; that of one which needs a login names its methods.',
  tags: ['Agents'],
  requestBody: jsonRequest(Message),
};

const end = {
  access: 'agents',
  parse: 'none',
  query: documented(parameters(QUERY)),
  headers: documented(headers(Type.Object({ ...CONNECTION, ...NAMING }))),
  response: {
    202: empty('The connection is closed, and its streams end. Its sessions go on.'),
    400: refusal(`No \`Acp-Connection-Id\`. ${NAMED_TWICE}`),
    404: UNKNOWN,
  },
} as const;

const endWords = { summary: 'Closes a connection.', tags: ['Agents'] };

const wire = {
  access: 'agents',
  parse: 'none',
  query: documented(parameters(SOCKET_QUERY)),
  headers: documented(headers(Type.Object(NAMING))),
  response: {
    101: socket('The socket is open.', [Message]),
    400: refusal(NAMED_TWICE),
    401: { ...empty('Wrong or missing key: `missing or invalid bearer token` and a newline.'), media: 'text/plain' },
    404: refusal('There is no such agent that is installed.'),
    426: refusal('A plain request.'),
    429: BUSY('64 clients are connected, or the agent was started too often.'),
    503: GOING_DOWN,
  },
} as const;

const wireWords = {
  summary: 'The socket of an agent by acpremote’s wire.',
  description:
    'Each text frame is an AcpMessage without a line end, of at most 16 MiB; `GET` of the path without `/ws` describes it. A binary frame closes it with 1003, a longer one with 1009, the end of the agent with 1011. A client that has to be resumed uses the socket of the path without `/ws`.',
  tags: ['Agents'],
};

const NAMED = parameters(Type.Object({ agent: AGENT }));

interface Words {
  readonly summary: string;
  readonly description?: string;
  readonly tags: string[];
}

/** Of the door of the default agent, or of that of a named one. */
export function contractsOf(door: 'default' | 'named') {
  const isNamed = door === 'named';
  const stated = <Base, W extends Words>(
    base: Base,
    words: W,
    operationId: string,
  ): Base & { readonly detail: W & { readonly operationId: string }; readonly params?: typeof NAMED } => ({
    ...base,
    detail: { operationId: `${operationId}${isNamed ? 'OfAgent' : ''}`, ...words },
    ...(isNamed && { params: NAMED }),
  });
  return {
    path: isNamed ? '/acp/:agent' : '/acp',
    get: stated(get, getWords, 'followAcp'),
    post: stated(post, postWords, 'sendAcp'),
    delete: stated(end, endWords, 'closeAcp'),
    socket: stated(wire, wireWords, 'acpSocket'),
  };
}
