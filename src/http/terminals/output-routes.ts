/** `GET /terminals/{id}/output`: output by offset, without a socket. */
import Type from 'typebox';
import { TerminalOutput } from '../../protocol/terminal.ts';
import type { Terminals } from '../../terminals/registry.ts';
import { answer, PARAMETER_INVALID } from '../wire/answers.ts';
import { resource } from '../wire/routes.ts';
import { query } from '../wire/query.ts';
import { refuse } from './failures.ts';
import { TERMINAL, TERMINAL_UNKNOWN } from './parameters.ts';

const MAX_WAIT_SECONDS = 30;
const MAX_PIECE_BYTES = 256 * 1024;

export const terminalOutputRoutes = (terminals: Terminals) =>
  resource('terminal-output').get(
    '/terminals/:id/output',
    async ({ params: { id }, query: { since, wait = 0 }, request }) => {
      const terminal = terminals.get(id);
      if (terminal === undefined) return refuse({ reason: 'terminal-not-found' });
      if (wait > 0) {
        const over = AbortSignal.any([request.signal, AbortSignal.timeout(wait * 1000)]);
        await terminal.waitForOutput(since ?? 0, over);
      }
      return terminal.read(since, MAX_PIECE_BYTES);
    },
    {
      access: 'observe',
      params: TERMINAL,
      ...query(
        Type.Object({
          since: Type.Optional(
            Type.Integer({
              minimum: 0,
              description:
                'Offset to begin at, in bytes. Default: the oldest output that is kept. Beyond the end: the end.',
            }),
          ),
          wait: Type.Optional(
            Type.Number({
              minimum: 0,
              maximum: MAX_WAIT_SECONDS,
              description: `Long-poll: the answer comes when there is output beyond \`since\`, when the terminal has exited, or after this many seconds, 0 to ${MAX_WAIT_SECONDS}.`,
            }),
          ),
        }),
      ),
      response: {
        200: answer('The output; empty when there is none yet.', TerminalOutput),
        400: PARAMETER_INVALID,
        404: TERMINAL_UNKNOWN,
      },
      detail: {
        operationId: 'readTerminalOutput',
        summary: 'Output of a terminal from an offset on, without a socket.',
        description:
          'To read on, ask again with `since` = the last `next`. Offsets count bytes of UTF-8. An answer has at most 256 KiB.',
        tags: ['Terminals'],
      },
    },
  );
