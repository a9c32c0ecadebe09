import type { Elysia } from 'elysia';
import Type from 'typebox';
import type { Terminals } from '../../terminals/registry.ts';
import { readJsonObject } from '../body.ts';
import { describe, refusal, type Parameter } from '../describe.ts';
import { json, refuse } from '../failures.ts';
import { parseTerminalRequest } from '../terminal-request.ts';
import { terminalView } from '../terminal-view.ts';

export const TERMINAL: Parameter = {
  name: 'id',
  in: 'path',
  description: 'Terminal id (12 lower-case hex digits), or its name, percent-encoded.',
  schema: Type.String(),
};

export function terminalRoutes(app: Elysia, terminals: Terminals): void {
  app.post(
    '/terminals',
    async ({ request }) => {
      const body = await readJsonObject(request);
      if (!body.ok) return refuse(body.failure);
      const wanted = parseTerminalRequest(body.value);
      if (!wanted.ok) return refuse(wanted.failure);
      const opened = terminals.open(wanted.value);
      return opened.ok ? json(terminalView(opened.value), 201) : refuse(opened.failure);
    },
    describe({
      operationId: 'openTerminal',
      summary: 'Makes a terminal that outlives every socket.',
      description:
        'Look at it and type through a socket (`GET /terminal?attach=ID`), or with the routes below. It ends with its program, with `DELETE`, with the server, or when nobody has used it for `--terminal-keep`.',
      tags: ['Terminals'],
      body: 'TerminalRequest',
      answers: {
        201: { description: 'The terminal.', schema: 'TerminalResource' },
        400: refusal('The body is not valid, the folder is not there, or the program cannot be started.'),
        401: refusal('Wrong or missing key.'),
        409: refusal('The name is taken, or `--max-terminals` run already.'),
        413: refusal('The body is larger than 1 MiB.'),
        415: refusal('The body is not JSON.'),
      },
    }),
  );

  app.get(
    '/terminals',
    () => json(terminals.list().map(terminalView)),
    describe({
      operationId: 'listTerminals',
      summary: 'Terminals, oldest first.',
      description:
        'Those that a socket opened for itself are among them while it lasts. Exited ones stay until deleted, at most 32 of them.',
      tags: ['Terminals'],
      answers: {
        200: { description: 'The terminals.', schema: 'TerminalResource', list: true },
        401: refusal('Wrong or missing key.'),
      },
    }),
  );

  app.get(
    '/terminals/:id',
    ({ params }) => {
      const terminal = terminals.get(params.id);
      return terminal === undefined ? refuse({ reason: 'terminal-not-found' }) : json(terminalView(terminal));
    },
    describe({
      operationId: 'getTerminal',
      summary: 'One terminal.',
      tags: ['Terminals'],
      parameters: [TERMINAL],
      answers: {
        200: { description: 'The terminal.', schema: 'TerminalResource' },
        401: refusal('Wrong or missing key.'),
        404: refusal('There is no such terminal.'),
      },
    }),
  );

  app.delete(
    '/terminals/:id',
    async ({ params }) => {
      const id = terminals.get(params.id)?.id;
      return id !== undefined && (await terminals.delete(id))
        ? json({ deleted: true, id })
        : refuse({ reason: 'terminal-not-found' });
    },
    describe({
      operationId: 'deleteTerminal',
      summary: 'Ends a terminal with all it started, and forgets it.',
      tags: ['Terminals'],
      parameters: [TERMINAL],
      answers: {
        200: { description: 'The terminal is gone.', schema: 'TerminalDeleted' },
        401: refusal('Wrong or missing key.'),
        404: refusal('There is no such terminal.'),
      },
    }),
  );
}
