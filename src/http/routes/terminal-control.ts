import type { Elysia } from 'elysia';
import { TerminalInput, TerminalSize } from '../../protocol/terminal.ts';
import type { Terminals } from '../../terminals/registry.ts';
import { readJsonObject } from '../body.ts';
import { describe, refusal } from '../describe.ts';
import { json, refuse } from '../failures.ts';
import { terminalView } from '../terminal-view.ts';
import { validator } from '../validate.ts';
import { TERMINAL } from './terminals.ts';

const validateInput = validator(TerminalInput);
const validateSize = validator(TerminalSize);

const REFUSED = { exited: { reason: 'terminal-exited' }, 'input-full': { reason: 'terminal-input-full' } } as const;

export function terminalControlRoutes(app: Elysia, terminals: Terminals): void {
  app.post(
    '/terminals/:id/input',
    async ({ params, request }) => {
      const terminal = terminals.get(params.id);
      if (terminal === undefined) return refuse({ reason: 'terminal-not-found' });
      const body = await readJsonObject(request, { nul: true });
      if (!body.ok) return refuse(body.failure);
      const input = validateInput(body.value);
      if (!input.ok) return refuse(input.failure);
      const refused = terminal.input(input.value.data);
      return refused === undefined ? json({ accepted: true }) : refuse(REFUSED[refused]);
    },
    describe({
      operationId: 'typeIntoTerminal',
      summary: 'Types something into a terminal.',
      tags: ['Terminals'],
      parameters: [TERMINAL],
      body: 'TerminalInput',
      answers: {
        200: { description: 'It was taken.', schema: 'TerminalInputAnswer' },
        400: refusal('The body is not valid.'),
        401: refusal('Wrong or missing key.'),
        404: refusal('There is no such terminal.'),
        409: refusal('It has exited, or its program has not read the mebibyte that waits already.'),
        413: refusal('The body is larger than 1 MiB.'),
        415: refusal('The body is not JSON.'),
      },
    }),
  );

  app.post(
    '/terminals/:id/resize',
    async ({ params, request }) => {
      const terminal = terminals.get(params.id);
      if (terminal === undefined) return refuse({ reason: 'terminal-not-found' });
      const body = await readJsonObject(request);
      if (!body.ok) return refuse(body.failure);
      const size = validateSize(body.value);
      if (!size.ok) return refuse(size.failure);
      const refused = terminal.resize(size.value.cols, size.value.rows);
      return refused === undefined ? json(terminalView(terminal)) : refuse(REFUSED[refused]);
    },
    describe({
      operationId: 'resizeTerminal',
      summary: 'Gives a terminal another size.',
      description: 'The last size given wins, by whomever; the sockets attached are told.',
      tags: ['Terminals'],
      parameters: [TERMINAL],
      body: 'TerminalSize',
      answers: {
        200: { description: 'The terminal with the size it has now.', schema: 'TerminalResource' },
        400: refusal('The body is not valid.'),
        401: refusal('Wrong or missing key.'),
        404: refusal('There is no such terminal.'),
        409: refusal('It has exited.'),
        413: refusal('The body is larger than 1 MiB.'),
        415: refusal('The body is not JSON.'),
      },
    }),
  );
}
