/** The opening of a WebSocket by its client (RFC 6455, 4.1): what is asked, and what a target answers. */
import { ok, type Result } from '../../core/failure.ts';
import { fieldOf, type Field } from '../http/fields.ts';
import { wrongAnswer, type AnswerHead, type WrongAnswer } from '../http/head.ts';
import { requestHead } from '../http/request-head.ts';

export interface AskedUpgrade {
  /** Path and query, as they go out. */
  readonly path: string;
  /** With `Host`; those of the handshake itself apart, but for the subprotocols. */
  readonly fields: readonly Field[];
  /** 16 random bytes in base64. */
  readonly key: string;
}

/** Header fields of the handshake that are between us and either side. Extensions are not passed on: frames are read here. */
const OWN: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'sec-websocket-accept',
  'sec-websocket-extensions',
  'sec-websocket-key',
  'sec-websocket-version',
  'transfer-encoding',
  'upgrade',
]);

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** Undefined where it cannot be said in one request. */
export function upgradeRequest({ path, fields, key }: AskedUpgrade): Uint8Array | undefined {
  const own: Field[] = [
    ['Connection', 'Upgrade'],
    ['Upgrade', 'websocket'],
    ['Sec-WebSocket-Version', '13'],
    ['Sec-WebSocket-Key', key],
  ];
  return requestHead({ method: 'GET', path, fields: [...fields.filter(([name]) => !OWN.has(name)), ...own] });
}

/** The subprotocol that was chosen, where one was; what is wrong with the answer otherwise. */
export function readAccepted(asked: AskedUpgrade, { fields }: AnswerHead): Result<string | undefined, WrongAnswer> {
  const accept = new Bun.CryptoHasher('sha1').update(asked.key + GUID).digest('base64');
  const connection = (fieldOf(fields, 'connection') ?? '').toLowerCase().split(',');
  if (
    fieldOf(fields, 'upgrade')?.toLowerCase() !== 'websocket' ||
    !connection.some((name) => name.trim() === 'upgrade')
  )
    return wrongAnswer('it switches to something else');
  if (fieldOf(fields, 'sec-websocket-accept') !== accept) return wrongAnswer('its Sec-WebSocket-Accept does not fit');
  if (fieldOf(fields, 'sec-websocket-extensions') !== undefined)
    return wrongAnswer('it uses an extension that was not offered');
  const protocol = fieldOf(fields, 'sec-websocket-protocol');
  const offered = (fieldOf(asked.fields, 'sec-websocket-protocol') ?? '').split(',').map((name) => name.trim());
  if (protocol !== undefined && !offered.includes(protocol))
    return wrongAnswer('it chose a subprotocol that was not offered');
  return ok(protocol);
}
