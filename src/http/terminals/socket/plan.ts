/** What the URL of a terminal socket asks for. */
import Type from 'typebox';
import { ok, type Result } from '../../../core/failure.ts';
import { invalidRequest, type InvalidRequest } from '../../../core/invalid-request.ts';
import { parameters } from '../../wire/schema.ts';

/** Path of the sockets on the main port; on their own port every path is one. */
export const TERMINAL_SOCKET_PATH = '/terminal';

export const SOCKET_QUERY = parameters(
  Type.Object({
    ticket: Type.Optional(Type.String({ description: 'From `POST /tickets`, in place of the key.' })),
    workdir: Type.Optional(
      Type.String({ description: 'Own terminal: the folder it starts in. Default: the server’s own.' }),
    ),
    command: Type.Optional(
      Type.String({ description: 'Own terminal: a line that is typed into it when it has started.' }),
    ),
    attach: Type.Optional(
      Type.String({
        description: 'Id or name of a terminal to see and type into; closing the socket does not end it.',
      }),
    ),
    since: Type.Optional(
      Type.Integer({
        minimum: 0,
        description: 'With `attach`: offset at which the replay begins, in bytes. Default: the oldest output kept.',
      }),
    ),
    readonly: Type.Optional(
      Type.Enum(['0', '1', 'false', 'true'], { description: 'With `attach`: `1` or `true` to see only.' }),
    ),
  }),
);

export type SocketPlan =
  /** A terminal of its own, that ends with the socket. */
  | { readonly kind: 'ephemeral'; readonly workdir: string; readonly command: string }
  /** An attachment to one that is there. */
  | {
      readonly kind: 'attach';
      readonly terminal: string;
      readonly since: number | undefined;
      readonly readonly: boolean;
    };

export function planSocket(query: URLSearchParams): Result<SocketPlan, InvalidRequest> {
  const attach = query.get('attach');
  if (attach === null) return planEphemeral(query.get('workdir') ?? '', query.get('command') ?? '');
  const read = SOCKET_QUERY['~standard'].validate(Object.fromEntries([...query].toReversed()));
  if ('issues' in read) return invalidRequest(read.issues[0]?.message ?? '');
  const { since, readonly } = read.value;
  return ok({ kind: 'attach', terminal: attach, since, readonly: readonly === '1' || readonly === 'true' });
}

function planEphemeral(workdir: string, command: string): Result<SocketPlan, InvalidRequest> {
  if (workdir.includes('\0')) return invalidRequest('workdir contains a NUL character');
  return ok({ kind: 'ephemeral', workdir, command });
}
