/**
 * Copies of files that take long, as jobs: `POST /files/copy` begins them, and no request of `POST /exec` does. Each second one
 * adds a line of JSON to its standard output, `{"files":…,"bytes":…}`. It ends with the server, and leaves nothing half copied.
 */
import { appendFileSync } from 'node:fs';
import { fail, type Result } from '../../core/failure.ts';
import { newId } from '../../core/id.ts';
import { invalidRequest } from '../../core/invalid-request.ts';
import type { Clock } from '../../core/clock.ts';
import type { CopyEnd, CopyJobs, CopyRun } from '../../files/write/copy-run.ts';
import type { SubmitFailure } from '../../jobs/manager.ts';
import type { JobFolder } from '../../jobs/folder.ts';
import type { JobSpec } from '../../jobs/record.ts';
import type { RunEnd, Running } from '../../jobs/runner.ts';
import type { Mode } from '../mode.ts';

type Submit = (spec: JobSpec) => Result<string, SubmitFailure>;
type Sentence = Parameters<CopyJobs['take']>[2];

const NAME = 'file_copy';
const PROGRESS_MS = 1000;
/** The longest that any job may take. */
const TIMEOUT_MS = 86_400_000;

export class FileCopyJobs implements CopyJobs {
  readonly #clock: Clock;
  /** Those that are not over, by the id in the plans of their jobs. */
  readonly #runs = new Map<string, { readonly run: CopyRun; readonly sentence: Sentence }>();
  #submit: Submit | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Copies become jobs from now on. */
  connect(submit: Submit): void {
    this.#submit = submit;
  }

  take(run: CopyRun, name: string, sentence: Sentence): ReturnType<CopyJobs['take']> {
    const id = newId();
    this.#runs.set(id, { run, sentence });
    const spec = {
      mode: NAME,
      command: name,
      timeoutMs: TIMEOUT_MS,
      background: 'keep',
      plan: { copy: id },
      labels: {},
    } as const;
    const taken = this.#submit?.(spec);
    if (taken?.ok === true) {
      void run.ended.finally(() => this.#runs.delete(id)).catch(() => {});
      return taken;
    }
    this.#runs.delete(id);
    return fail({ reason: taken?.failure.reason === 'shutting-down' ? 'shutting-down' : 'job-not-made' });
  }

  get mode(): Mode {
    return {
      name: NAME,
      available: false,
      where: 'that copy files',
      parse: () => invalidRequest('copies are made by POST /files/copy'),
      runner: {
        // It runs already: there is no turn to wait for.
        takesTurns: true,
        start: ({ spec, folder }) => {
          const taken = this.#runs.get(String(spec.plan['copy']));
          return taken === undefined
            ? { refused: 'the copy ended with the server that made it' }
            : running(taken.run, taken.sentence, folder, this.#clock);
        },
        close: async () => {
          const runs = [...this.#runs.values()].map(({ run }) => run);
          for (const run of runs) run.abort();
          await Promise.allSettled(runs.map((run) => run.ended));
        },
      },
    };
  }
}

function running(run: CopyRun, sentence: Sentence, folder: JobFolder, clock: Clock): Running {
  folder.createOutput();
  const say = () => void appended(folder.output('stdout'), JSON.stringify(run.copied));
  let next: Disposable | undefined;
  const goOn = (): void => {
    say();
    next = clock.after(PROGRESS_MS, goOn);
  };
  goOn();
  const ended = run.ended.then(
    (end): RunEnd => {
      next?.[Symbol.dispose]();
      return conclude(end, sentence, say, folder);
    },
    (error: unknown): RunEnd => {
      next?.[Symbol.dispose]();
      return { known: true, exitCode: 1, warnings: [`the copy failed: ${String(error)}`] };
    },
  );
  const end = async () => {
    run.abort();
    await ended;
  };
  return {
    ended,
    write: async () => 'stdin-closed',
    closeInput: () => {},
    end,
    release: () => run.abort(),
  };
}

function conclude(end: CopyEnd, sentence: Sentence, say: () => void, folder: JobFolder): RunEnd {
  if (end.ok) {
    say();
    return { known: true, exitCode: 0 };
  }
  const why = sentence(end.failure);
  return { known: true, exitCode: 1, ...(!appended(folder.output('stderr'), why) && { warnings: [why] }) };
}

/** Whether there was room for the line: a copy may be what fills the disk. */
function appended(path: string, line: string): boolean {
  try {
    appendFileSync(path, `${line}\n`);
    return true;
  } catch {
    return false;
  }
}
