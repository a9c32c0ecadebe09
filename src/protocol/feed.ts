/** The events of a job that is followed. */
import Type, { type Static } from 'typebox';
import { JobId, JobStatus } from './job.ts';

export const StatusEvent = Type.Object(
  { jobId: JobId, status: JobStatus },
  { $id: 'StatusEvent', description: 'Event `status`: the job has started.' },
);
export type StatusEvent = Static<typeof StatusEvent>;

export const OutputEvent = Type.Object(
  {
    offset: Type.Integer({ minimum: 0, description: 'Where in the stream these bytes begin.' }),
    bytes: Type.Integer({ minimum: 1, description: 'How many bytes of the stream this is.' }),
    text: Type.String({
      description: 'The bytes as text, never split inside a character; what is not UTF-8 as U+FFFD.',
    }),
  },
  { $id: 'OutputEvent', description: 'Events `stdout` and `stderr`: output, in order within each stream.' },
);
export type OutputEvent = Static<typeof OutputEvent>;

export const EndEvent = Type.Object(
  {
    jobId: JobId,
    status: JobStatus,
    exitCode: Type.Integer({
      description: 'As in the job’s record: 128+N after signal N, -1 for a timeout, a cancel, or when it is not known.',
    }),
    durationMs: Type.Integer({ minimum: 0, description: 'Milliseconds from start to end.' }),
    timedOut: Type.Boolean({ description: 'Whether it was ended because its time was over.' }),
    cancelled: Type.Boolean({ description: 'Whether it was cancelled.' }),
  },
  { $id: 'EndEvent', description: 'Event `end`: the last one; the stream closes after it.' },
);
export type EndEvent = Static<typeof EndEvent>;
