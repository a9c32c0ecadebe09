/** The start of a shell's process: it is launched and made ready, and ended again with all it began where that fails. */
import type { Launched, Launcher, LaunchRequest } from '../platform/process/process.ts';

/** `prepare` resolves once the shell takes commands. Throws when it cannot be started, ends, or takes longer than `timeoutMs`. */
export async function startShell<Shell>(
  launcher: Launcher,
  request: LaunchRequest,
  timeoutMs: number,
  prepare: (launched: Launched) => Promise<Shell>,
): Promise<Shell> {
  const launched = await launcher.launch(request);
  if ('reason' in launched) throw new Error('detail' in launched ? launched.detail : launched.reason);
  const { process } = launched;
  const failure = Promise.withResolvers<never>();
  void process.exited.then(() => failure.reject(new Error('it ended while it was started')));
  const timer = setTimeout(() => failure.reject(new Error('it did not answer')), timeoutMs);
  try {
    return await Promise.race([prepare(launched), failure.promise]);
  } catch (error) {
    await process.endTree(0);
    process.release();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Reads a stream whose content is not needed, so that its writer does not wait. */
export async function discard(stream: ReadableStream<Uint8Array>): Promise<void> {
  try {
    for await (const _ of stream);
  } catch {
    // A stream that has failed makes nobody wait.
  }
}
