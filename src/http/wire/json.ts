/** JSON answers with the content type of the contract. */
import type { ErrorBody } from '../../protocol/error.ts';

export const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' } as const;

/** Seconds after which a server that goes down is worth another try: an update takes about that long. */
const RETRY_AFTER = { 'retry-after': '2' } as const;

export function json(body: unknown, status = 200, headers?: Readonly<Record<string, string>>): Response {
  const more = status === 503 ? { ...headers, ...RETRY_AFTER } : headers;
  return Response.json(body, { status, headers: more === undefined ? JSON_TYPE : { ...more, ...JSON_TYPE } });
}

/** Every answer that is not a success. */
export const errorJson = (
  status: number,
  error: string,
  headers?: Readonly<Record<string, string>>,
  more?: Omit<ErrorBody, 'error'>,
): Response => json({ error, ...more } satisfies ErrorBody, status, headers);
