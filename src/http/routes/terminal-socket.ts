/** What a plain request gets where the sockets are, and what the API page says of them: the upgrade itself never gets here. */
import type { Elysia } from 'elysia';
import Type from 'typebox';
import { describe, refusal, type Parameter } from '../describe.ts';
import { refuse } from '../failures.ts';
import { SOCKET_PATH } from '../sockets/terminal-sockets.ts';

const query = (name: string, description: string, schema: Parameter['schema'] = Type.String()): Parameter => ({
  name,
  in: 'query',
  description,
  schema,
});

export function terminalSocketRoutes(app: Elysia): void {
  app.get(
    SOCKET_PATH,
    () => refuse({ reason: 'upgrade-required' }),
    describe({
      operationId: 'terminalSocket',
      summary: 'The WebSocket of terminals. On the terminal port (`--terminal-port`) every path is this one.',
      description:
        'Without `attach` it opens a terminal of its own, which ends with the socket; its limits are `--max-terminal-sessions`, `--terminal-idle-timeout` and `--terminal-lifetime`. Frames: client to server a TerminalClientFrame, server to client output as text, or NUL and a TerminalControlFrame. A wrong key is told by close code 3401 `Invalid API key`, a limit by 1013, a terminal that cannot be by 1011 or, with `attach`, 1008; an `error` frame before it says why. A reader that is too slow is closed with 1013 and the `since` to go on with. 1000 is the end: `Terminal exited`, `Idle timeout`, `Session max lifetime reached`. A peer that is silent, pongs included, is given up after 60 to 80 seconds.',
      tags: ['Terminals'],
      parameters: [
        query('ticket', 'From `POST /tickets`, in place of `X-API-Key`.'),
        query('workdir', 'Own terminal: the folder it starts in. Default: the server’s own.'),
        query('command', 'Own terminal: a line to type into it when it has started.'),
        query('attach', 'Id or name of a terminal to look at and type into; leaving does not end it.'),
        query(
          'since',
          'With `attach`: offset at which the replay begins, in bytes. Default: the oldest output kept.',
          Type.Integer({ minimum: 0 }),
        ),
        query('readonly', 'With `attach`: `1` or `true` to look only.', Type.Enum(['0', '1', 'false', 'true'])),
      ],
      answers: {
        101: { description: 'The socket is open.' },
        401: refusal('Wrong or missing key, on a plain request.'),
        403: refusal('A foreign Host or Origin.'),
        426: refusal('A plain request.'),
      },
    }),
  );
}
