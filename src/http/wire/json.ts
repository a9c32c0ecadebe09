/** JSON answers with the content type of the contract. */
import type { ErrorBody } from '../../protocol/error.ts';

export const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' } as const;

export function json(body: unknown, status = 200, headers?: Readonly<Record<string, string>>): Response {
  return Response.json(body, { status, headers: headers === undefined ? JSON_TYPE : { ...headers, ...JSON_TYPE } });
}

/** Every answer that is not a success. */
export const errorJson = (status: number, error: string, headers?: Readonly<Record<string, string>>): Response =>
  json({ error } satisfies ErrorBody, status, headers);
