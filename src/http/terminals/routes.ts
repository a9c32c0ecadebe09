/** Terminals as resources: make, list, show, end. */
import Type from 'typebox';
import { TerminalDeleted, TerminalResource } from '../../protocol/terminal.ts';
import type { Terminals } from '../../terminals/registry.ts';
import { noteSubject } from '../subject.ts';
import { answer, refusal } from '../wire/answers.ts';
import { resource } from '../wire/routes.ts';
import { refuse } from './failures.ts';
import { TERMINAL, TERMINAL_UNKNOWN } from './parameters.ts';
import { terminalBody } from './request.ts';
import { terminalView } from './view.ts';

export const terminalRoutes = (terminals: Terminals) =>
  resource('terminals')
    .post(
      '/terminals',
      ({ body, request, status }) => {
        const opened = terminals.open({ ...body, kind: 'kept' });
        if (!opened.ok) return refuse(opened.failure);
        noteSubject(request, { terminal: opened.value.id });
        return status(201, terminalView(opened.value));
      },
      {
        access: 'run',
        ...terminalBody,
        response: {
          201: answer('The terminal.', TerminalResource),
          400: refusal('The body is not valid, the folder does not exist, or the program cannot be started.'),
          409: refusal('The name is taken, or `--max-terminals` are already running.'),
          500: refusal('The system allows the server no more open files, processes or terminals.'),
          503: refusal('The server is shutting down; `Retry-After` says when to try again.'),
          507: refusal('The terminal could not be stored: the disk is full or cannot be written.'),
        },
        detail: {
          operationId: 'openTerminal',
          summary: 'Makes a terminal that outlives every socket.',
          description:
            'Attach to it with a socket (`GET /terminal?attach=ID`), or use the routes below. It ends with its program, with `DELETE`, with the server, or when it was not used for `--terminal-keep`.',
          tags: ['Terminals'],
        },
      },
    )
    .get('/terminals', () => terminals.list().map(terminalView), {
      access: 'observe',
      response: { 200: answer('The terminals.', Type.Array(TerminalResource)) },
      detail: {
        operationId: 'listTerminals',
        summary: 'Terminals, oldest first.',
        description:
          'This includes those that a socket opened for itself, while the socket is open. Exited ones stay until deleted, at most 32 of them.',
        tags: ['Terminals'],
      },
    })
    .get(
      '/terminals/:id',
      ({ params: { id } }) => {
        const terminal = terminals.get(id);
        return terminal === undefined ? refuse({ reason: 'terminal-not-found' }) : terminalView(terminal);
      },
      {
        access: 'observe',
        params: TERMINAL,
        response: { 200: answer('The terminal.', TerminalResource), 404: TERMINAL_UNKNOWN },
        detail: { operationId: 'getTerminal', summary: 'One terminal.', tags: ['Terminals'] },
      },
    )
    .delete(
      '/terminals/:id',
      async ({ params }) => {
        const id = terminals.get(params.id)?.id;
        return id !== undefined && (await terminals.delete(id))
          ? { deleted: true as const, id }
          : refuse({ reason: 'terminal-not-found' });
      },
      {
        access: 'run',
        parse: 'none',
        params: TERMINAL,
        response: { 200: answer('The terminal has ended.', TerminalDeleted), 404: TERMINAL_UNKNOWN },
        detail: {
          operationId: 'deleteTerminal',
          summary: 'Ends a terminal with everything it started, and removes its record.',
          tags: ['Terminals'],
        },
      },
    );
