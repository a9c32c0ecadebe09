import type { Elysia } from 'elysia';
import { EXECUTE_TIMEOUT_SECONDS, TerminalExecuteRequest } from '../../protocol/terminal.ts';
import type { Execution } from '../../terminals/execute.ts';
import type { Terminals } from '../../terminals/registry.ts';
import { readJsonObject } from '../body.ts';
import { describe, refusal } from '../describe.ts';
import { json, refuse } from '../failures.ts';
import { validator } from '../validate.ts';
import { TERMINAL } from './terminals.ts';

const validateExecute = validator(TerminalExecuteRequest);

/** Paths whose answer may take longer than a connection may be idle. */
export const SLOW_ANSWERS = /^\/terminals\/[^/]+\/execute$/;

export function terminalProgramRoutes(app: Elysia, terminals: Terminals): void {
  app.get(
    '/terminals/:id/screen',
    async ({ params }) => {
      const terminal = terminals.get(params.id);
      if (terminal === undefined) return refuse({ reason: 'terminal-not-found' });
      return json((await terminals.screens.look(terminal)).view);
    },
    describe({
      operationId: 'lookAtTerminal',
      summary: 'The screen of a terminal as a person sees it.',
      description: 'For programs that drive an editor, a pager or a menu: text without escape sequences.',
      tags: ['Terminals'],
      parameters: [TERMINAL],
      answers: {
        200: { description: 'The screen.', schema: 'TerminalScreen' },
        401: refusal('Wrong or missing key.'),
        404: refusal('There is no such terminal.'),
      },
    }),
  );

  app.post(
    '/terminals/:id/execute',
    async ({ params, request }) => {
      const terminal = terminals.get(params.id);
      if (terminal === undefined) return refuse({ reason: 'terminal-not-found' });
      const body = await readJsonObject(request);
      if (!body.ok) return refuse(body.failure);
      const wanted = validateExecute(body.value);
      if (!wanted.ok) return refuse(wanted.failure);
      const { command, timeout = EXECUTE_TIMEOUT_SECONDS.default } = wanted.value;
      const asked = { command, timeoutMs: timeout * 1000, signal: request.signal };
      const executed = await terminals.executions.execute(terminal, asked);
      return executed.ok ? json(executionView(executed.value)) : refuse(executed.failure);
    },
    describe({
      operationId: 'executeInTerminal',
      summary: 'Types a command into a terminal, waits until it is done, and answers with what it printed.',
      description: [
        'In `bash` 4.4 or later, `zsh`, `pwsh` and `powershell` that were started without `args`, beginning, end and exit code of the command are exact: the shell marks them (OSC 133).',
        'Elsewhere, as in `sh` or at a prompt of Python, the command is done when the output has been quiet for 0.15 s and the line before the cursor is again what it was before (1 s where only the signs at its end are the same). Where there was no prompt, only the timeout ends the waiting.',
        'When the timeout is over, or the caller hangs up, the command goes on. A command of several lines is run as one where the shell has marks, and typed line by line elsewhere. What already stands on the line becomes part of it.',
        'The output has no echo of the command, no prompt, no escape sequences and no control characters but tab and newline. CRLF is a newline; what is overwritten within a line, as by a progress bar, is left out.',
      ].join('\n\n'),
      tags: ['Terminals'],
      parameters: [TERMINAL],
      body: 'TerminalExecuteRequest',
      answers: {
        200: { description: 'What it printed, and whether it is done.', schema: 'TerminalExecuteAnswer' },
        400: refusal('The body is not valid, or the command is empty or has control characters.'),
        401: refusal('Wrong or missing key.'),
        404: refusal('There is no such terminal.'),
        409: refusal(
          'It has exited; another command is executed in it; or it printed without a pause, or had not begun, until the timeout was over, and nothing was typed.',
        ),
        413: refusal('The body is larger than 1 MiB.'),
        415: refusal('The body is not JSON.'),
      },
    }),
  );
}

const executionView = ({ output, status, exitCode, dropped }: Execution) => ({
  output,
  status,
  exitCode: exitCode ?? null,
  dropped,
});
