/** Jobs on the wire: the resource, and what is asked of one. */
import Type, { type Static } from 'typebox';
import { ACP_JOB_FIELDS } from './acp-job.ts';
import { PROCESS_JOB_FIELDS } from './process-job.ts';
import { SESSION_JOB_FIELDS } from './session.ts';

export const JobStatus = Type.Enum(['pending', 'running', 'completed', 'failed', 'timeout'], {
  description:
    '`pending`: waits until it may run. `completed`: ended with exit code 0. `failed`: any other exit code, could not be started, or cancelled. `timeout`: ended because its time was over.',
});

export const JobId = Type.String({ pattern: '^[0-9a-f]{12}$', description: 'Job id: 12 lower-case hex digits.' });

const seconds = (description: string) => Type.Number({ description: `${description} Unix seconds with milliseconds.` });

export const JobResource = Type.Object(
  {
    jobId: JobId,
    status: JobStatus,
    command: Type.String({
      description:
        'The command text as it was submitted; mode `acp`: `[acp] ` and the agent; mode `process`: `argv`, quoted for reading.',
    }),
    mode: Type.Optional(Type.String({ description: 'Present for every mode but `shell`.' })),
    ...PROCESS_JOB_FIELDS,
    ...SESSION_JOB_FIELDS,
    ...ACP_JOB_FIELDS,
    submittedAt: seconds('When the job was submitted.'),
    startedAt: Type.Union([Type.Number(), Type.Null()], {
      description: 'When its process was started, Unix seconds; null while it waits.',
    }),
    lastOutputAt: seconds(
      'When the last output came, by the modification time of the output files; before the first output the time of the start, before that of the submission.',
    ),
    processAlive: Type.Boolean({
      description:
        'True from the submission to the end, also while the job waits. What it left in the background does not count.',
    }),
    pid: Type.Optional(
      Type.Integer({
        description:
          'Process id of the job’s shell, while it runs; mode `process`: of the program, from some milliseconds after the start, in most records also when it has ended.',
      }),
    ),
    stdout: Type.Optional(
      Type.String({
        description:
          'Standard output, line ends as LF, bytes that are not UTF-8 as U+FFFD. While the job runs: the last 64 KiB. Finished: whole up to 1 MiB, beyond it head and tail with one line between. With `tailLines`: the last lines.',
      }),
    ),
    stderr: Type.Optional(Type.String({ description: 'Standard error, as `stdout`.' })),
    stdoutBytes: Type.Optional(Type.Integer({ minimum: 0, description: 'Bytes of standard output so far.' })),
    stderrBytes: Type.Optional(Type.Integer({ minimum: 0, description: 'Bytes of standard error so far.' })),
    stdoutTruncated: Type.Optional(
      Type.Boolean({ description: 'True when `stdout` leaves something out; the output route has it all.' }),
    ),
    stderrTruncated: Type.Optional(
      Type.Boolean({ description: 'True when `stderr` leaves something out; the output route has it all.' }),
    ),
    exitCode: Type.Optional(
      Type.Integer({
        description: 'Finished jobs. 128+N after signal N; -1 for a timeout, a cancel, or when it is not known.',
      }),
    ),
    durationMs: Type.Optional(
      Type.Integer({ minimum: 0, description: 'Finished jobs. Milliseconds from start to end.' }),
    ),
    timedOut: Type.Optional(
      Type.Boolean({ description: 'Finished jobs. Whether it was ended because its time was over.' }),
    ),
    cancelled: Type.Optional(Type.Boolean({ description: 'True when it was cancelled; absent otherwise.' })),
    warnings: Type.Optional(
      Type.Array(Type.String(), {
        description: 'Problems with the job that its output does not show, such as a full disk.',
      }),
    ),
  },
  { $id: 'JobResource', description: 'One job.' },
);
export type JobResource = Static<typeof JobResource>;

export const Accepted = Type.Object(
  {
    jobId: JobId,
    status: Type.Literal('pending', {
      description: 'Always `pending`; `GET /jobs/{id}` has the state and the result.',
    }),
  },
  { $id: 'Accepted' },
);
export type Accepted = Static<typeof Accepted>;

export const NudgeAnswer = Type.Object(
  {
    nudged: Type.Boolean({ description: 'Whether a newline reached the job’s standard input.' }),
    reason: Type.Optional(Type.String({ description: 'Why not.' })),
    processAlive: Type.Boolean({ description: 'Whether the job’s process runs.' }),
  },
  { $id: 'NudgeAnswer' },
);
export type NudgeAnswer = Static<typeof NudgeAnswer>;

export const InputRequest = Type.Object(
  {
    data: Type.Optional(
      Type.String({ description: 'Text for the job’s standard input, sent as UTF-8. Default: nothing.' }),
    ),
    dataBase64: Type.Optional(
      Type.String({
        description:
          'Bytes for the job’s standard input, in base64: for what is not text. After `data`, if both are given.',
      }),
    ),
    eof: Type.Optional(
      Type.Boolean({ description: 'True closes the job’s standard input after the data. Default false.' }),
    ),
  },
  { $id: 'InputRequest', description: 'Input for a running job.', examples: [{ data: 'yes\n' }] },
);
export type InputRequest = Static<typeof InputRequest>;

export const InputAnswer = Type.Object(
  {
    accepted: Type.Boolean({ description: 'Whether all of it reached the job’s standard input.' }),
    reason: Type.Optional(Type.String({ description: 'Why not.' })),
    processAlive: Type.Boolean({ description: 'Whether the job’s process runs.' }),
  },
  { $id: 'InputAnswer' },
);
export type InputAnswer = Static<typeof InputAnswer>;

export const SignalRequest = Type.Object(
  {
    signal: Type.String({
      description:
        'Name of the signal, such as `SIGINT`: any that the machine’s `kill` knows. On Windows `SIGINT` (a Ctrl-Break to the process group of the job), `SIGTERM` and `SIGKILL` (both end a process).',
    }),
    tree: Type.Optional(
      Type.Boolean({
        description:
          'True: to everything the job started. False (default): to its own process, which is the shell for mode `shell`; the program that this waits for gets nothing. SIGINT on Windows always goes to the group.',
      }),
    ),
  },
  { $id: 'SignalRequest', description: 'A signal for a running job.', examples: [{ signal: 'SIGINT', tree: true }] },
);
export type SignalRequest = Static<typeof SignalRequest>;

export const SignalAnswer = Type.Object(
  {
    signalled: Type.Integer({
      minimum: 0,
      description:
        'How many processes it was sent to; 0 when they ended just before. SIGINT on Windows counts as 1, whatever the size of the group.',
    }),
  },
  { $id: 'SignalAnswer' },
);
export type SignalAnswer = Static<typeof SignalAnswer>;

export const CancelAnswer = Type.Object(
  {
    cancelled: Type.Boolean({
      description:
        'True when the job is being ended; its record shows when it has ended. False when it had ended before.',
    }),
    reason: Type.Optional(Type.String({ description: 'Why not.' })),
  },
  { $id: 'CancelAnswer' },
);
export type CancelAnswer = Static<typeof CancelAnswer>;

/** The values of `mode` that a server may have, in the order in which `/health` lists them. */
export const EXECUTION_MODES = ['shell', 'acp', 'persistent_shell', 'process'] as const;

/** Fields of `GET /health` about jobs. */
export const JOB_HEALTH = {
  jobs: Type.Integer({ minimum: 0, description: 'Jobs kept, whatever their state.' }),
  jobs_active: Type.Integer({ minimum: 0, description: 'Jobs that wait or run.' }),
  execution_modes: Type.Array(Type.Enum([...EXECUTION_MODES]), {
    description: 'Values of `mode` that `POST /exec` takes.',
  }),
};
