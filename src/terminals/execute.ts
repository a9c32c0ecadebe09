/**
 * Types a command into a terminal, and waits until it is done.
 *
 *   finding its place ──typed──▶ running ──▶ done
 *          │                       ├──the shell asks for more──▶ continuation
 *          │                       └──timeout──▶ it goes on, and its output so far is returned
 *          └──something is typed there, or it is not ready in time──▶ nothing was typed
 *
 * Where the shell marks its commands (marks.ts), beginning, end and exit code of the output are exact: execute-marked.ts.
 * Everywhere else it is done when nothing was printed for a while and the prompt is back: execute-unmarked.ts.
 */
import type { Clock } from '../core/clock.ts';
import { fail } from '../core/failure.ts';
import { isPlain } from './execute-keys.ts';
import { executeMarked } from './execute-marked.ts';
import { findPlace } from './execute-place.ts';
import { UnmarkedExecution } from './execute-unmarked.ts';
import { Watch } from './execute-watch.ts';
import type { ExecuteRequest, Outcome } from './execution.ts';
import type { Screens } from './screen.ts';
import type { Terminal } from './terminal.ts';

export class Executions {
  readonly #screens: Screens;
  readonly #clock: Clock;
  readonly #busy = new WeakSet<Terminal>();

  constructor(screens: Screens, clock: Clock) {
    this.#screens = screens;
    this.#clock = clock;
  }

  async execute(terminal: Terminal, { command, clear = false, timeoutMs, signal }: ExecuteRequest): Promise<Outcome> {
    const text = command.replaceAll('\r\n', '\n').replace(/\n$/, '');
    // eslint-disable-next-line no-control-regex -- they would act as keys, and not be part of the command
    if (text.trim() === '' || /[\u0000-\u0008\u000b-\u001f\u007f]/.test(text))
      return fail({ reason: 'command-unusable' });
    if (hasExited(terminal)) return fail({ reason: 'terminal-exited' });
    // Two that type at once would get each other's output.
    if (this.#busy.has(terminal)) return fail({ reason: 'terminal-busy' });
    this.#busy.add(terminal);
    using watch = new Watch(terminal, { clock: this.#clock, timeoutMs, signal });
    try {
      const place = await findPlace(terminal, { watch, clear, screens: this.#screens, pastes: !isPlain(text) });
      switch (place.at) {
        case 'prompt':
          return await executeMarked(terminal, place, { command: text, watch });
        case 'program': {
          const { prompt } = place;
          return await new UnmarkedExecution(terminal, { screens: this.#screens, watch, prompt }).execute(text);
        }
        case 'line':
          return fail({ reason: 'terminal-line-not-empty' });
        case 'unknown':
          return fail({ reason: hasExited(terminal) ? 'terminal-exited' : 'terminal-not-ready' });
        case 'refused':
          return place.outcome;
      }
    } finally {
      this.#busy.delete(terminal);
    }
  }
}

const hasExited = ({ status }: Terminal): boolean => status === 'exited';
