/** Asks a port through a server, with the key, as no library would. */
import { type RawTarget } from '../../support/raw-target.ts';
import { BROKEN_OFF, RawClient, type WholeAnswer } from '../../support/raw-client.ts';
import type { Rig } from '../../support/rig.ts';

export interface Wanted {
  readonly method?: string;
  /** Of the target. Default: `/`. */
  readonly path?: string;
  readonly lines?: readonly string[];
  readonly body?: string;
}

/** The bytes of such a request. */
export const requestTo = (
  rig: Rig,
  { port }: Pick<RawTarget, 'port'>,
  { method = 'GET', path = '/', lines = [], body = '' }: Wanted = {},
): string =>
  [
    `${method} /ports/${port}${path} HTTP/1.1`,
    `Host: 127.0.0.1:${rig.port}`,
    `X-API-Key: ${rig.key}`,
    ...lines,
    '',
    body,
  ].join('\r\n');

/** Over a connection of its own. */
export async function through(
  rig: Rig,
  target: Pick<RawTarget, 'port'>,
  wanted: Wanted = {},
): Promise<WholeAnswer | typeof BROKEN_OFF> {
  using client = RawClient.to(rig.port);
  return await client.send(requestTo(rig, target, wanted)).answer(wanted.method);
}

/** The answer, which must be whole. */
export async function whole(rig: Rig, target: Pick<RawTarget, 'port'>, wanted: Wanted = {}): Promise<WholeAnswer> {
  const answer = await through(rig, target, wanted);
  if (answer === BROKEN_OFF) throw new Error('the answer broke off');
  return answer;
}

/** Status of an answer, or that it broke off. */
export const outcome = (answer: WholeAnswer | typeof BROKEN_OFF): number | typeof BROKEN_OFF =>
  answer === BROKEN_OFF ? answer : answer.status;
