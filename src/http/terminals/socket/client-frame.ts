/** What a client sends over a socket, read or refused. */
import { Compile } from 'typebox/compile';
import { isLongerThan } from '../../sockets/frame-length.ts';
import { MAX_CLIENT_FRAME_BYTES, TerminalClientFrame } from '../../../protocol/terminal-frames.ts';

export type ReadFrame =
  | { readonly read: TerminalClientFrame }
  /** Answered with an error frame: without one, the client's author could not tell why nothing happens. */
  | { readonly refused: string }
  /** Ignored without an answer, as inherited clients expect. */
  | { readonly malformed: true };

const BINARY = 'binary frames are not accepted: a frame is JSON text, such as {"type":"input","data":"ls\\r"}';
const TOO_LONG = `a frame of more than ${MAX_CLIENT_FRAME_BYTES / 1024} KiB was ignored: send input in smaller pieces`;

let compiled: ReturnType<typeof Compile<typeof TerminalClientFrame>> | undefined;

export function readClientFrame(data: string | Uint8Array): ReadFrame {
  if (typeof data !== 'string') return { refused: BINARY };
  if (isLongerThan(data, MAX_CLIENT_FRAME_BYTES)) return { refused: TOO_LONG };
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return { malformed: true };
  }
  compiled ??= Compile(TerminalClientFrame);
  return compiled.Check(value) ? { read: value } : { malformed: true };
}
