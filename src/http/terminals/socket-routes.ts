/**
 * `GET /terminal` for a plain request, and what the API page says of the socket: an upgrade goes from the gateway to
 * the hub of sockets, and does not get here.
 */
import { TerminalClientFrame, TerminalControlFrame } from '../../protocol/terminal-frames.ts';
import { refusal, socket } from '../wire/answers.ts';
import { refusalResponse } from '../wire/failures.ts';
import { resource } from '../wire/routes.ts';
import { documented } from '../wire/schema.ts';
import { SOCKET_QUERY, TERMINAL_SOCKET_PATH } from './socket/plan.ts';

export const terminalSocketRoutes = resource('terminal-socket').get(
  TERMINAL_SOCKET_PATH,
  () => refusalResponse({ reason: 'upgrade-required' }),
  {
    access: 'observe',
    query: documented(SOCKET_QUERY),
    response: {
      101: socket('The socket is open.', [TerminalClientFrame, TerminalControlFrame]),
      426: refusal('A plain request.'),
    },
    detail: {
      operationId: 'terminalSocket',
      summary: 'The WebSocket of terminals. On the terminal port (`--terminal-port`) every path is this one.',
      description:
        'Without `attach` it opens a terminal of its own, which ends with the socket; its limits are `--max-terminal-sessions`, `--terminal-idle-timeout` and `--terminal-lifetime`. Frames: client to server a TerminalClientFrame, server to client output as text, or NUL and a TerminalControlFrame. A wrong key closes it with code 3401 `Invalid API key`, a limit with 1013, a terminal that cannot be opened with 1011 or, with `attach`, 1008; an `error` frame before it says why. A reader that is too slow is closed with 1013 and the `since` to continue with. 1000 is the end: `Terminal exited`, `Idle timeout`, `Session max lifetime reached`. A peer that is silent, pongs included, is disconnected after 60 to 80 seconds. Clients of it are `agent-server attach` and `client.terminals` of the package agent-server-client; `POST /terminals/{id}/execute`, `…/input` and `GET …/output` need no socket.',
      tags: ['Terminals'],
    },
  },
);
