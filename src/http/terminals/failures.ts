/** Why a request about terminals is refused, beyond what any route may refuse. */
import type { InvalidRequest } from '../../core/invalid-request.ts';
import type { ExecuteFailure } from '../../terminals/execution.ts';
import type { OpenFailure } from '../../terminals/registry.ts';
import { refusals } from '../wire/refusals.ts';
import { withAdvice } from '../wire/system-errors.ts';

type TerminalFailure = { readonly reason: 'terminal-not-found' } | InvalidRequest | OpenFailure | ExecuteFailure;

export const { refuse, responseTo, sentenceOf } = refusals<TerminalFailure>()({
  'terminal-not-found': { status: 404, error: 'terminal not found' },
  'request-invalid': { status: 400, error: ({ detail }) => detail },
  'terminal-exited': { status: 409, error: 'the terminal has exited' },
  'terminal-busy': {
    status: 409,
    error: 'another command is still running in this terminal',
  },
  'terminal-not-ready': {
    status: 409,
    error: 'the terminal was not ready for a command before the timeout, so nothing was typed',
  },
  'terminal-line-not-empty': {
    status: 409,
    error:
      'the terminal already has text typed at its prompt, or an unfinished command, so nothing was typed; clear:true clears it first',
  },
  'command-unusable': {
    status: 400,
    error:
      'the command must not be empty or contain control characters other than tab and newline; POST …/input types those',
  },
  'terminal-input-full': {
    status: 409,
    error: 'the program in the terminal does not read its input, and no more can be buffered for it',
  },
  'too-many-terminals': { status: 409, error: ({ limit }) => `Max terminals (${limit}) reached` },
  'shutting-down': { status: 503, error: 'the server is shutting down' },
  'name-taken': { status: 409, error: ({ name }) => `there is already a terminal named ${name}` },
  'workdir-missing': { status: 400, error: ({ workdir }) => `workdir is not a folder: ${workdir}` },
  'path-refused': { status: 400, error: ({ path }) => `that path is refused: ${path}` },
  'batch-arguments': { status: 400, error: ({ shell }) => `a batch file takes no arguments here: ${shell}` },
  'shell-missing': { status: 400, error: ({ shell }) => `there is no such program: ${shell}` },
  'shell-failed': { status: 400, error: ({ detail }) => `the program could not be started: ${detail}` },
  'not-stored': { status: 507, error: ({ detail }) => `the terminal could not be stored: ${withAdvice(detail)}` },
  'system-refused': { status: 500, error: ({ detail }) => `the terminal could not be opened: ${withAdvice(detail)}` },
});
