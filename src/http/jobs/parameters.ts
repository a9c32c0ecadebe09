/** Parameters that several routes of jobs take. */
import Type from 'typebox';
import { parameters } from '../wire/schema.ts';

const MAX_TAIL_LINES = 100_000;

/** The path parameter of one job. */
export const JOB = parameters(
  Type.Object({
    id: Type.String({
      description: 'Job id: 12 lower-case hex digits; or the `name` of a job, until it has ended.',
    }),
  }),
);

export const tailLines = Type.Optional(
  Type.Integer({
    minimum: 0,
    maximum: MAX_TAIL_LINES,
    description: `\`stdout\` and \`stderr\` hold the last N lines, also while the job runs. 0 to ${MAX_TAIL_LINES}; at most 1 MiB of each.`,
  }),
);
