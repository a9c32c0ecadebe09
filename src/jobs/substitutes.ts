/** Runners for jobs that cannot be run, and the run of a job whose process cannot be found. */
import type { RunEnd, Runner, Running, RunRequest } from './runner.ts';

/** For a job of a mode that this server does not have. */
export const NO_RUNNER: Runner = { start: () => ({ refused: 'this server cannot run jobs of that mode' }) };

/** For a job that waited for its turn in a session that has gone with the last server. */
export const NEVER_BEGAN: Runner = {
  start: () => ({ refused: 'The server stopped before this command had its turn, and its session went with it' }),
};

/** Takes up what an earlier server started. Where that fails the run's `ended` rejects, and the job fails with the error. */
export async function adoptOrLose(
  runner: Runner | undefined,
  request: RunRequest,
  process: Running['process'],
): Promise<Running> {
  try {
    return (await runner?.adopt?.(request, process)) ?? lostRun(Promise.resolve({ known: false }));
  } catch (error) {
    return lostRun(Promise.reject(error));
  }
}

const lostRun = (ended: Promise<RunEnd>): Running => ({
  ended,
  write: async () => 'process-gone',
  closeInput() {},
  end: async () => {},
  release() {},
});
