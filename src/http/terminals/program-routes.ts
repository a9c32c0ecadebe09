/** Terminals for programs: the screen as text, and a command with its output and exit code. */
import {
  EXECUTE_TIMEOUT_SECONDS,
  TerminalExecuteAnswer,
  TerminalExecuteRequest,
  TerminalScreen,
} from '../../protocol/terminal.ts';
import type { Execution } from '../../terminals/execution.ts';
import type { Terminals } from '../../terminals/registry.ts';
import { answer, refusal } from '../wire/answers.ts';
import { jsonBody } from '../wire/json-body.ts';
import { resource } from '../wire/routes.ts';
import { refuse } from './failures.ts';
import { notFound, TERMINAL, TERMINAL_UNKNOWN } from './parameters.ts';

export const terminalProgramRoutes = (terminals: Terminals) =>
  resource('terminal-programs')
    .get(
      '/terminals/:id/screen',
      async ({ params: { id } }) => {
        const terminal = terminals.get(id);
        if (terminal === undefined) return refuse({ reason: 'terminal-not-found' });
        const { view } = await terminals.screens.look(terminal);
        return { ...view, lines: [...view.lines] };
      },
      {
        access: 'observe',
        params: TERMINAL,
        response: { 200: answer('The screen.', TerminalScreen), 404: TERMINAL_UNKNOWN },
        detail: {
          operationId: 'lookAtTerminal',
          summary: 'The screen of a terminal as a person sees it.',
          description: 'For programs that drive an editor, a pager or a menu: text without escape sequences.',
          tags: ['Terminals'],
        },
      },
    )
    .post(
      '/terminals/:id/execute',
      async ({ params: { id }, body: { command, clear, timeout = EXECUTE_TIMEOUT_SECONDS.default }, request }) => {
        const terminal = terminals.get(id);
        if (terminal === undefined) return refuse({ reason: 'terminal-not-found' });
        const wanted = { command, clear, timeoutMs: timeout * 1000, signal: request.signal };
        const executed = await terminals.executions.execute(terminal, wanted);
        return executed.ok ? executionView(executed.value) : refuse(executed.failure);
      },
      {
        access: 'run',
        slow: true,
        params: TERMINAL,
        ...jsonBody(TerminalExecuteRequest, { unless: notFound(terminals) }),
        response: {
          200: answer('What it printed, and whether it is done.', TerminalExecuteAnswer),
          400: refusal('The body is not valid, or the command is empty or has control characters.'),
          404: TERMINAL_UNKNOWN,
          409: refusal(
            'Nothing was typed: the terminal has exited; another command is running in it; text is already typed there; or, until the timeout, it printed without a pause, had not started, or was busy with what others had typed.',
          ),
        },
        detail: {
          operationId: 'executeInTerminal',
          summary: 'Types a command into a terminal, waits until it is done, and answers with what it printed.',
          description: [
            'In `bash` 4.4 or later, `zsh`, `pwsh` and `powershell` that were started without `args`, beginning, end and exit code of the command are exact: the shell marks them (OSC 133).',
            'Elsewhere, as in `sh` or at a prompt of Python, the command is done when there was no output for 0.15 s and the line before the cursor is again what it was before (1 s where only the characters at its end are the same). Where there was no prompt, only the timeout ends the waiting.',
            'When the timeout is over, or the caller hangs up, the command continues. A command of several lines is run as one where the shell has marks, and typed line by line elsewhere. What others have typed is read first: the command is typed at a prompt that was drawn after it, and not at all if text is already typed there, unless `clear` clears it.',
            'An incomplete command, such as one with an open quote, is answered with `continuation`: type the rest with `POST …/input`, or drop it with `clear` in the next request.',
            'The output is what a person sees: no echo of the command, no prompt, no escape sequences and no control characters but tab and newline, wrapped lines as one. What is overwritten or cleared, as by a progress bar, and the alternate screen, as of an editor, are left out.',
          ].join('\n\n'),
          tags: ['Terminals'],
        },
      },
    );

const executionView = ({ output, status, exitCode, dropped }: Execution) => ({
  output,
  status,
  exitCode: exitCode ?? null,
  dropped,
});
