/** What is done to a terminal: input and resize. */
import { TerminalInput, TerminalInputAnswer, TerminalResource, TerminalSize } from '../../protocol/terminal.ts';
import type { Terminals } from '../../terminals/registry.ts';
import { answer, refusal } from '../wire/answers.ts';
import { jsonBody } from '../wire/json-body.ts';
import { resource } from '../wire/routes.ts';
import { refuse } from './failures.ts';
import { notFound, TERMINAL, TERMINAL_UNKNOWN } from './parameters.ts';
import { terminalView } from './view.ts';

const REFUSED = { exited: { reason: 'terminal-exited' }, 'input-full': { reason: 'terminal-input-full' } } as const;

export const terminalControlRoutes = (terminals: Terminals) =>
  resource('terminal-control')
    .post(
      '/terminals/:id/input',
      ({ params: { id }, body: { data } }) => {
        const terminal = terminals.get(id);
        if (terminal === undefined) return refuse({ reason: 'terminal-not-found' });
        const refused = terminal.input(data);
        return refused === undefined ? { accepted: true as const } : refuse(REFUSED[refused]);
      },
      {
        access: 'run',
        params: TERMINAL,
        // A terminal takes NUL: it is Ctrl-Space.
        ...jsonBody(TerminalInput, { nul: true, unless: notFound(terminals) }),
        response: {
          200: answer('It was accepted.', TerminalInputAnswer),
          400: refusal('The body is not valid.'),
          404: TERMINAL_UNKNOWN,
          409: refusal('It has exited, or 1 MiB of input already waits for its program to read it.'),
        },
        detail: { operationId: 'typeIntoTerminal', summary: 'Types text into a terminal.', tags: ['Terminals'] },
      },
    )
    .post(
      '/terminals/:id/resize',
      ({ params: { id }, body: { cols, rows } }) => {
        const terminal = terminals.get(id);
        if (terminal === undefined) return refuse({ reason: 'terminal-not-found' });
        const refused = terminal.resize(cols, rows);
        return refused === undefined ? terminalView(terminal) : refuse(REFUSED[refused]);
      },
      {
        access: 'run',
        params: TERMINAL,
        ...jsonBody(TerminalSize, { unless: notFound(terminals) }),
        response: {
          200: answer('The terminal with its present size.', TerminalResource),
          400: refusal('The body is not valid.'),
          404: TERMINAL_UNKNOWN,
          409: refusal('It has exited.'),
        },
        detail: {
          operationId: 'resizeTerminal',
          summary: 'Changes the size of a terminal.',
          description: 'The last size given applies, whoever gave it; attached sockets are informed.',
          tags: ['Terminals'],
        },
      },
    );
