/** One engine, and another for where the first cannot open a terminal. */
import { fail } from '../../core/failure.ts';
import type { Engine } from './pty.ts';

/** `onFirst` is called the first time that `first` cannot. What fails because of the program is not tried again. */
export function withFallback(first: Engine, second: Engine, onFirst: (detail: string) => void): Engine {
  let reported = false;
  return (request) => {
    const opened = first(request);
    if (opened.ok || opened.failure.reason !== 'engine-unusable') return opened;
    if (!reported) onFirst(opened.failure.detail);
    reported = true;
    const again = second(request);
    if (again.ok || again.failure.reason !== 'engine-unusable') return again;
    return fail({ reason: 'engine-unusable', detail: `${opened.failure.detail}; ${again.failure.detail}` });
  };
}
