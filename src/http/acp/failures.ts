/** Why a request to one of the doors is refused, beyond what any route may refuse. */
import type { ConnectFailure, ReceiveFailure } from '../../agents/clients/client.ts';
import type { SocketRefusal } from '../sockets/kind.ts';
import { wireRefusals } from '../wire/failures.ts';
import { errorJson } from '../wire/json.ts';
import { refusals } from '../wire/refusals.ts';
import { MAX_DEPTH, MAX_ID_CHARACTERS } from './limits.ts';

export const TOO_DEEP = `a message is nested at most ${MAX_DEPTH} levels deep`;

export type AcpFailure =
  | { readonly reason: 'named-twice'; readonly what: 'agents' | 'hosts' }
  | { readonly reason: 'host-invalid' }
  | { readonly reason: 'agent-differs'; readonly agent: string }
  | { readonly reason: 'connection-missing' }
  | { readonly reason: 'connection-unknown' }
  | { readonly reason: 'batch-refused' }
  | { readonly reason: 'message-invalid' }
  | { readonly reason: 'too-deep' }
  | { readonly reason: 'initialized-already' }
  | { readonly reason: 'initialize-without-id' }
  | { readonly reason: 'session-missing' }
  | { readonly reason: 'session-differs' }
  | { readonly reason: 'id-too-long' }
  | { readonly reason: 'accept-refused' }
  | { readonly reason: 'position-invalid'; readonly header: string }
  | { readonly reason: 'beyond-last'; readonly last: number }
  | { readonly reason: 'not-kept' }
  | { readonly reason: 'too-many-streams' }
  | Extract<SocketRefusal, { readonly reason: 'too-many-sockets' }>
  | ConnectFailure
  | ReceiveFailure;

const { statusOf, sentenceOf } = refusals<AcpFailure>()({
  'named-twice': { status: 400, error: ({ what }) => `path, query and header name different ${what}` },
  'host-invalid': { status: 400, error: 'host must be remote or client' },
  'agent-differs': { status: 400, error: ({ agent }) => `the connection is one to the agent ${agent}` },
  'connection-missing': { status: 400, error: 'the header Acp-Connection-Id is missing' },
  'connection-unknown': { status: 404, error: 'there is no connection of that Acp-Connection-Id' },
  'batch-refused': { status: 501, error: 'batches of JSON-RPC are not taken: send each message by itself' },
  'message-invalid': { status: 400, error: 'the body must be a JSON-RPC message' },
  'too-deep': { status: 400, error: TOO_DEEP },
  'initialized-already': { status: 400, error: 'the connection is initialized already' },
  'initialize-without-id': { status: 400, error: 'initialize must have the id of a request' },
  'session-missing': { status: 400, error: 'the header Acp-Session-Id is missing' },
  'session-differs': { status: 400, error: 'Acp-Session-Id names another session than the message' },
  'id-too-long': { status: 400, error: `an id has at most ${MAX_ID_CHARACTERS} characters` },
  'accept-refused': { status: 406, error: 'a stream of a connection is text/event-stream: Accept must name it' },
  'position-invalid': { status: 400, error: ({ header }) => `${header} must be a whole number from 0` },
  'beyond-last': { status: 400, error: ({ last }) => `only ${last} messages were sent` },
  'not-kept': {
    status: 410,
    error: 'what was sent after that is not kept any more: initialize and load the sessions again',
  },
  'too-many-streams': { status: 429, error: 'the connection has too many streams of sessions' },
  'too-many-sockets': { status: 429, error: ({ limit }) => `${limit} sockets are open` },
  'too-many-connections': { status: 429, error: ({ limit }) => `${limit} clients are connected` },
  'too-many-starts': { status: 429, error: 'the agent was started too often' },
  'too-many-requests': { status: 429, error: ({ limit }) => `${limit} requests wait for their answers` },
  'agent-stalled': { status: 429, error: ({ limit }) => `${limit} messages wait for the agent to read them` },
  'agent-unknown': { status: 404, error: ({ detail }) => detail },
  'connection-ended': { status: 404, error: 'the connection has ended' },
  'shutting-down': { status: 503, error: wireRefusals.sentenceOf({ reason: 'shutting-down' }) },
});

export function refusalOf(failure: AcpFailure): Response {
  const status = statusOf(failure);
  const seconds = failure.reason === 'too-many-starts' ? failure.retryAfterSeconds : 1;
  return errorJson(status, sentenceOf(failure), status === 429 ? { 'retry-after': String(seconds) } : undefined);
}
