/** Messages of JSON-RPC 2.0, as text: what goes to clients. https://www.jsonrpc.org/specification */
import { isObject } from '../is-object.ts';
import type { Fields } from '../session/entry.ts';

export type RequestId = string | number | null;

export interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

export const INVALID_REQUEST = -32_600;

export interface RpcRequest {
  readonly id: RequestId;
  readonly method: string;
  readonly params: Fields;
}

/** What a message is; undefined for what is none. Parameters that are no object count as none. */
export type Message =
  | ({ readonly kind: 'request' } & RpcRequest)
  | { readonly kind: 'notification'; readonly method: string; readonly params: Fields }
  | { readonly kind: 'answer'; readonly id: RequestId; readonly message: Fields };

export function messageOf(message: Fields): Message | undefined {
  const { id, method } = message;
  const params = isObject(message['params']) ? message['params'] : {};
  if (typeof method === 'string') {
    if (id === undefined) return { kind: 'notification', method, params };
    return isId(id) ? { kind: 'request', id, method, params } : undefined;
  }
  return isId(id) && ('result' in message || 'error' in message) ? { kind: 'answer', id, message } : undefined;
}

const isId = (id: unknown): id is RequestId => id === null || isGivenId(id);

/** Ids come back as they were: a number that no double holds exactly would be that of another request. */
export const isGivenId = (id: unknown): id is string | number =>
  typeof id === 'string' || (typeof id === 'number' && Math.abs(id) <= Number.MAX_SAFE_INTEGER);

export const resultText = (id: RequestId, result: unknown): string =>
  JSON.stringify({ jsonrpc: '2.0', id, result: result ?? null });

export const errorText = (id: RequestId, { code, message, data }: RpcError): string =>
  JSON.stringify({ jsonrpc: '2.0', id, error: { code, message, ...(data !== undefined && { data }) } });

export const requestText = (id: RequestId, method: string, params: unknown): string =>
  JSON.stringify({ jsonrpc: '2.0', id, method, params });

export const notificationText = (method: string, params: unknown): string =>
  JSON.stringify({ jsonrpc: '2.0', method, params });
