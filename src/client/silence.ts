/** Connections that die without an error: nothing arrives any more. */
import { unreachable } from './failure.ts';

/** Rejects with a ClientError when `next` has not come after `silenceMs`. */
export async function orSilence<T>(next: Promise<T>, silenceMs: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(unreachable(`the connection brought nothing for ${silenceMs / 1000} s`)),
      silenceMs,
    );
  });
  try {
    return await Promise.race([next, silence]);
  } finally {
    clearTimeout(timer);
  }
}
