/** Connections that die without an error: nothing arrives any more. */
import { ClientError } from './failure.ts';

/** Rejects with a ClientError when `next` has not come after `silenceMs`. */
export async function orSilence<T>(next: Promise<T>, silenceMs: number): Promise<T> {
  const { promise: silence, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new ClientError('unreachable', `the connection brought nothing for ${silenceMs / 1000} s`)),
    silenceMs,
  );
  try {
    return await Promise.race([next, silence]);
  } finally {
    clearTimeout(timer);
  }
}
