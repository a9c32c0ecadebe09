/**
 * What travels over the socket of a terminal.
 *
 * A socket carries text frames only.
 *
 * - Client to server: one JSON document per frame, a `TerminalClientFrame`.
 * - Server to client: output as it is, or NUL (`\u0000`) followed by the JSON of a `TerminalControlFrame`. Output never
 *   holds a NUL, so that a program cannot forge a control frame.
 *
 * Every offset (`since`, `next`, `dropped`, `bytes`) counts bytes of the output's UTF-8: a client that adds the UTF-8
 * length of each output frame to the `since` of `attached` knows where it is. The `state` of `attached` is not counted.
 */
import Type, { type Static } from 'typebox';
import { CONTROL_MARK } from './control-mark.ts';
import { cols, colsIn, replayState, rows, rowsIn, TerminalId } from './terminal.ts';

/** Bytes of the longest frame that is read. */
export const MAX_CLIENT_FRAME_BYTES = 64 * 1024;

export const TerminalClientFrame = Type.Union(
  [
    Type.Object({
      type: Type.Literal('input', { description: 'Types something.' }),
      data: Type.String({ description: 'Text to type, as UTF-8. Enter is `\\r`, Ctrl-C is `\\u0003`.' }),
    }),
    Type.Object({
      type: Type.Literal('resize', { description: 'The client’s window has this size now.' }),
      cols: colsIn(''),
      rows: rowsIn(''),
    }),
    Type.Object({ type: Type.Literal('ping', { description: 'Answered with `pong`.' }) }),
  ],
  {
    $id: 'TerminalClientFrame',
    description: `Client to server: one JSON text frame of at most ${MAX_CLIENT_FRAME_BYTES / 1024} KiB. Larger ones and binary ones are answered with an error frame and ignored, malformed ones are ignored.`,
  },
);
export type TerminalClientFrame = Static<typeof TerminalClientFrame>;

export const TerminalControlFrame = Type.Union(
  [
    Type.Object({
      type: Type.Literal('attached', { description: 'First frame after `?attach=`; the replay follows.' }),
      id: TerminalId,
      since: Type.Integer({ minimum: 0, description: 'Offset at which the replay begins.' }),
      next: Type.Integer({ minimum: 0, description: 'Offset at which it ends and live output begins.' }),
      dropped: Type.Integer({
        minimum: 0,
        description: 'Bytes between the `since` that was asked for and the oldest kept.',
      }),
      state: replayState,
    }),
    Type.Object({
      type: Type.Literal('resize', { description: 'Another socket, or a request, has resized the terminal.' }),
      cols,
      rows,
    }),
    Type.Object({
      type: Type.Literal('exit', {
        description: 'The program has ended; no output follows, and the socket is closed.',
      }),
      exitCode: Type.Integer({ description: 'Its exit code, 128+N after signal N.' }),
    }),
    Type.Object({ type: Type.Literal('pong', { description: 'Answer to `ping`.' }) }),
    Type.Object({
      type: Type.Literal('error', { description: 'Something was refused.' }),
      message: Type.String({ description: 'What and why, in one sentence.' }),
    }),
  ],
  {
    $id: 'TerminalControlFrame',
    description: `Server to client: a text frame of NUL (${JSON.stringify(CONTROL_MARK)}) followed by this as JSON. All other text frames are output.`,
  },
);
export type TerminalControlFrame = Static<typeof TerminalControlFrame>;
