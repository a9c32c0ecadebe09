import type { Elysia } from 'elysia';
import Type from 'typebox';
import type { Terminals } from '../../terminals/registry.ts';
import { describe, refusal } from '../describe.ts';
import { json, refuse } from '../failures.ts';
import { integerIn, secondsIn } from '../query.ts';
import { TERMINAL } from './terminals.ts';

const MAX_WAIT_SECONDS = 30;
const PIECE_BYTES = 256 * 1024;

export function terminalOutputRoutes(app: Elysia, terminals: Terminals): void {
  app.get(
    '/terminals/:id/output',
    async ({ params, request }) => {
      const query = new URL(request.url).searchParams;
      const since = integerIn(query, 'since', 0, Number.MAX_SAFE_INTEGER);
      if (!since.ok) return refuse(since.failure);
      const wait = secondsIn(query, 'wait', MAX_WAIT_SECONDS);
      if (!wait.ok) return refuse(wait.failure);
      const terminal = terminals.get(params.id);
      if (terminal === undefined) return refuse({ reason: 'terminal-not-found' });
      if (wait.value !== undefined && wait.value > 0) {
        const over = AbortSignal.any([request.signal, AbortSignal.timeout(wait.value * 1000)]);
        await terminal.waitForOutput(since.value ?? 0, over);
      }
      return json(terminal.read(since.value, PIECE_BYTES));
    },
    describe({
      operationId: 'readTerminalOutput',
      summary: 'Output of a terminal from an offset on, without a socket.',
      description:
        'Ask again with `since` = the last `next` to go on. Offsets count bytes of UTF-8. At most 256 KiB come at once.',
      tags: ['Terminals'],
      parameters: [
        TERMINAL,
        {
          name: 'since',
          in: 'query',
          description:
            'Offset to begin at, in bytes. Default: the oldest output that is kept. Beyond the end: the end.',
          schema: Type.Integer({ minimum: 0 }),
        },
        {
          name: 'wait',
          in: 'query',
          description: `Long-poll: answers when there is something beyond \`since\`, the terminal has exited, or after so many seconds. 0 to ${MAX_WAIT_SECONDS}.`,
          schema: Type.Number({ minimum: 0, maximum: MAX_WAIT_SECONDS }),
        },
      ],
      answers: {
        200: { description: 'The output; empty when there is none yet.', schema: 'TerminalOutput' },
        400: refusal('A parameter is not valid.'),
        401: refusal('Wrong or missing key.'),
        404: refusal('There is no such terminal.'),
      },
    }),
  );
}
