/** Mode `process` on the wire: one program with its arguments, without a shell. */
import Type from 'typebox';

/** What may be the name of a job: nothing that could be an id. */
export const JOB_NAME_PATTERN = '^(?![0-9a-f]{12}$)[A-Za-z0-9][A-Za-z0-9._-]{0,63}$';

/** Its fields of `POST /exec`. */
export const PROCESS_FIELDS = {
  argv: Type.Optional(
    Type.Array(Type.String(), {
      minItems: 1,
      description:
        'Mode `process`: the program and its arguments, which reach it as they are, with no shell in between. The program, not empty, is looked up on the `PATH` of the job, one with a slash from its `workdir`; where there is none the job fails with exit code 127. It sees its full path as its name. Windows: a batch file takes no arguments.',
      examples: [['git', 'log', '--', 'a b']],
    }),
  ),
  stdin: Type.Optional(
    Type.Enum(['pipe', 'none'], {
      default: 'pipe',
      description: 'Mode `process`: `pipe`: input comes from `POST /jobs/{id}/input`. `none`: it reads end of input.',
    }),
  ),
  name: Type.Optional(
    Type.String({
      pattern: JOB_NAME_PATTERN,
      description:
        'Mode `process`: stands for the id in `/jobs/{id}…` until the job has ended; 409 while another job has it. 1 to 64 letters, digits, `.`, `_` and `-`, the first a letter or digit; not 12 hex digits, which is an id.',
    }),
  ),
};

/** What the record of such a job has more than others. */
export const PROCESS_JOB_FIELDS = {
  argv: Type.Optional(
    Type.Array(Type.String(), { description: 'Mode `process`: the program and its arguments, as submitted.' }),
  ),
  name: Type.Optional(
    Type.String({ description: 'Mode `process`: the name that stood for the id until the end, if one was given.' }),
  ),
  startTime: Type.Optional(
    Type.String({
      description:
        'Mode `process`: together with `pid` it names the process for good, as in `/processes`; compare it for equality only.',
    }),
  ),
  signal: Type.Optional(
    Type.String({
      description:
        'Mode `process`, not on Windows: the signal that ended the program, by its exit code 128+N. A program that ends with such a code by itself, as a shell does whose command died of a signal, looks the same. Absent when it was cancelled or timed out.',
    }),
  ),
};
