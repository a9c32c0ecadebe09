/** What a door says of itself, asked before a connection is opened: whether the key is right, and how the other side is. */
import { plainMessageOf } from '../../client/transport.ts';
import { ok, fail, type Result } from '../../core/failure.ts';
import { fetchFrom } from '../connection/connect.ts';
import type { Endpoint } from './endpoint.ts';
import { isObject } from './json-rpc.ts';

export interface Door {
  /** Folder in which the agent works there, where the door tells. */
  readonly remoteCwd: string | undefined;
  /** Bytes that a message to it may have. */
  readonly maxBytes: number;
}

/** The door did not let us in. */
export type Refusal =
  | { readonly reason: 'unreachable'; readonly detail: string }
  | { readonly reason: 'refused'; readonly status: number; readonly body: string };

export type AskDoor = (endpoint: Endpoint, headers: Readonly<Record<string, string>>) => Promise<Result<Door, Refusal>>;

const MAX_BYTES = 16 * 1024 * 1024;
const TIMEOUT_MS = 30_000;

export const askDoor: AskDoor = async (endpoint, headers) => {
  let status: number;
  let body: string;
  try {
    const response = await fetchFrom(endpoint.metadata, {
      headers,
      // A redirect would take the key to wherever it points.
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    status = response.status;
    body = await response.text();
  } catch (error) {
    return fail({ reason: 'unreachable', detail: plainMessageOf(error) });
  }
  const said = status === 200 ? objectIn(body) : undefined;
  if (said?.['transport_kind'] === 'websocket') {
    const { remote_cwd: cwd, max_size: size } = said;
    return ok({
      remoteCwd: typeof cwd === 'string' && cwd !== '' ? cwd : undefined,
      maxBytes: typeof size === 'number' && size > 0 ? size : MAX_BYTES,
    });
  }
  // Clients of acpremote go on without it: not every server of that wire has it.
  if (endpoint.wire === 'acpremote' && status !== 401 && status !== 403 && status < 500)
    return ok({ remoteCwd: undefined, maxBytes: MAX_BYTES });
  return fail({ reason: 'refused', status, body });
};

/** The sentence in which an agent-server says why it refuses; undefined for what another program answers. */
export function ownWords(body: string): string | undefined {
  const error = objectIn(body)?.['error'];
  return typeof error === 'string' ? error : undefined;
}

function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
