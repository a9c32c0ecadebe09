/**
 *   3 the new executable starts, does a job, and says which version it is
 *
 * It runs with the arguments of this server, so that what it would not accept shows now, and with a data folder and a
 * port of its own.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import { fail, messageOf, ok, type Result } from '../core/failure.ts';
import { newId } from '../core/id.ts';
import { withoutBunVariables } from '../platform/self/own-program.ts';
import type { ExitResult, Launcher } from '../platform/process/process.ts';

const TIMEOUT_MS = 30_000;
/** Of what it prints, the end says what was wrong. */
const KEPT_BYTES = 4096;

export interface SelftestFailure {
  readonly reason: 'selftest-failed';
  readonly version: string;
  readonly detail: string;
}

export interface TryOutOptions {
  readonly launcher: Launcher;
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string>>;
  /** Arguments after `selftest`. */
  readonly args: readonly string[];
  readonly signal: AbortSignal;
}

export async function tryOut(
  path: string,
  version: string,
  folder: string,
  { launcher, clock, env, args, signal }: TryOutOptions,
): Promise<Result<void, SelftestFailure | { readonly reason: 'cancelled' }>> {
  const failed = (detail: string) => fail({ reason: 'selftest-failed', version, detail } as const);
  // Its own, so that nothing is left of it however it ends.
  const scratch = mkdtempSync(join(tmpdir(), 'agent-server-update-'));
  using _scratch = { [Symbol.dispose]: () => rmSync(scratch, { recursive: true, force: true, maxRetries: 3 }) };
  const launched = await launcher.launch({
    argv: [path, 'selftest', '--json', ...args],
    cwd: folder,
    env: { ...withoutBunVariables(env), TMPDIR: scratch, TEMP: scratch, TMP: scratch },
    treeId: newId(),
    inputPath: undefined,
  });
  if ('reason' in launched) return failed('detail' in launched ? launched.detail : 'it cannot be started');
  const { process, stdin, stdout, stderr } = launched;
  stdin[Symbol.dispose]();
  let late = false;
  const end = () => void process.endTree(0);
  using _timer = clock.after(TIMEOUT_MS, () => {
    late = true;
    end();
  });
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  try {
    const [out, err, exit] = await Promise.all([tailOf(stdout), tailOf(stderr), process.exited]);
    if (signal.aborted) return fail({ reason: 'cancelled' });
    if (late) return failed(`it did not finish within ${TIMEOUT_MS / 1000} seconds`);
    const report = reportOf(out);
    if (!exit.known || exit.code !== 0 || report === undefined) {
      const said = lastLine(err) || (report === undefined ? lastLine(out) : '');
      return failed(report?.problem ?? (said || `it ended with ${codeOf(exit)}`));
    }
    return report.version === version ? ok(undefined) : failed(`it says that it is version ${report.version}`);
  } catch (error) {
    return failed(messageOf(error));
  } finally {
    signal.removeEventListener('abort', end);
    await process.endTree(0);
    process.release();
  }
}

async function tailOf(stream: ReadableStream<Uint8Array>): Promise<string> {
  let kept: Uint8Array = new Uint8Array();
  for await (const bytes of stream) kept = Buffer.concat([kept, bytes]).subarray(-KEPT_BYTES);
  return new TextDecoder().decode(kept);
}

const codeOf = (exit: ExitResult): string => (exit.known ? `exit code ${exit.code}` : 'an unknown exit code');

const lastLine = (text: string): string => text.trim().split('\n').at(-1)?.trim() ?? '';

function reportOf(out: string): { readonly version: string; readonly problem: string | undefined } | undefined {
  try {
    const { version, problem } = JSON.parse(lastLine(out)) as Readonly<Record<string, unknown>>;
    if (typeof version !== 'string') return undefined;
    return { version, problem: typeof problem === 'string' ? problem : undefined };
  } catch {
    return undefined;
  }
}
