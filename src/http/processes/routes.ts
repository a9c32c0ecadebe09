/** `GET /processes`, `GET /processes/{pid}` and `POST /processes/{pid}/signal`: processes of the machine, jobs' or not. */
import Type from 'typebox';
import type { ProcessList } from '../../jobs/processes/process-list.ts';
import { SIGNALS } from '../../platform/process/index.ts';
import { SignalAnswer } from '../../protocol/job.ts';
import { ProcessList as ProcessListShape, ProcessResource, ProcessSignalRequest } from '../../protocol/processes.ts';
import { callerOf } from '../caller.ts';
import { answer, PARAMETER_INVALID, refusal } from '../wire/answers.ts';
import { jsonBody } from '../wire/json-body.ts';
import { exactQuery } from '../wire/query.ts';
import { resource } from '../wire/routes.ts';
import { parameters } from '../wire/schema.ts';
import { refuse } from './failures.ts';
import { nested, processView } from './view.ts';

const DEFAULT_LIMIT = 500;
const MAX_LIMIT = 10_000;
const MAX_PID = 4_294_967_295;

const PID = parameters(
  Type.Object({ pid: Type.Integer({ minimum: 0, maximum: MAX_PID, description: 'Number of the process.' }) }),
);
const flag = (description: string) => Type.Optional(Type.Enum(['0', '1'], { default: '0', description }));

/** `mayKnow`: which ports a caller with that restriction may know of. */
export const processRoutes = (
  processes: ProcessList,
  mayKnow: (port: number, restriction: string | undefined) => boolean,
) => {
  const visibleTo = (request: Request) => (port: number) => mayKnow(port, callerOf(request)?.ports);
  return resource('processes')
    .get(
      '/processes',
      async ({ query: { all, tree, sort = 'pid', limit = DEFAULT_LIMIT }, request }) => {
        const { items, total } = await processes.list({ all: all === '1', sort, limit });
        const views = items.map((one) => processView(one, visibleTo(request)));
        return { items: tree === '1' ? nested(views) : views, total };
      },
      {
        access: 'observe',
        ...exactQuery(
          Type.Object({
            all: flag('`1`: all processes of the machine. Default: those that jobs have started.'),
            tree: flag('`1`: those that another one of the list has started are in its `children`.'),
            sort: Type.Optional(
              Type.Enum(['cpu', 'memory', 'pid', 'name', 'startedAt'], {
                default: 'pid',
                description: 'In which order; `cpu` and `memory`: the most first.',
              }),
            ),
            limit: Type.Optional(
              Type.Integer({
                minimum: 1,
                maximum: MAX_LIMIT,
                default: DEFAULT_LIMIT,
                description: `At most so many, 1 to ${MAX_LIMIT}. Default ${DEFAULT_LIMIT}.`,
              }),
            ),
          }),
        ),
        response: { 200: answer('The processes.', ProcessListShape), 400: PARAMETER_INVALID },
        detail: {
          operationId: 'listProcesses',
          summary: 'Processes of the machine: those of jobs, or all.',
          description:
            'Who asks first waits half a second, over which `cpu` is measured; who asks again within 10 seconds is answered at once, over the last second (0.5 to 1.5). A shell that only waits for the process of a job, to note its exit code, is listed with `all=1` alone. Of other users the system may tell less: null.',
          tags: ['Processes'],
        },
      },
    )
    .get(
      '/processes/:pid',
      async ({ params: { pid }, request }) => {
        const found = await processes.get(pid);
        return found === undefined ? refuse({ reason: 'not-found', pid }) : processView(found, visibleTo(request));
      },
      {
        access: 'observe',
        params: PID,
        response: {
          200: answer('The process.', ProcessResource),
          400: PARAMETER_INVALID,
          404: refusal('There is no process of that number.'),
        },
        detail: {
          operationId: 'getProcess',
          summary: 'One process of the machine.',
          description:
            'Also one that has ended, where it was the process of one of the last 100 jobs and its number is no other’s: `status` is `ended`, and `exitCode` says how.',
          tags: ['Processes'],
        },
      },
    )
    .post(
      '/processes/:pid/signal',
      async ({ params: { pid }, body: { signal, startTime } }) => {
        if (!SIGNALS.includes(signal)) return refuse({ reason: 'signal-unknown', signal });
        if (!processes.mayTouch(pid)) return refuse({ reason: 'untouchable', pid });
        if (startTime === undefined) return refuse({ reason: 'mark-missing' });
        const outcome = await processes.signal(pid, startTime, signal);
        return outcome === 'sent' ? { signalled: 1 } : refuse({ reason: outcome, pid });
      },
      {
        access: 'run',
        params: PID,
        ...jsonBody(ProcessSignalRequest),
        response: {
          200: answer('It was sent.', SignalAnswer),
          400: refusal('The body is not valid, or the machine has no such signal.'),
          403: refusal(
            'Process 0, 1 or 4, this server or its supervisor; or the system does not allow it, as for another user’s.',
          ),
          404: refusal('There is no process of that number.'),
          409: refusal(
            'The process of that number is another one; or it leads no group that SIGINT could go to (Windows).',
          ),
          428: refusal('`startTime` is missing.'),
        },
        detail: {
          operationId: 'signalProcess',
          summary: 'Sends a signal to one process, whoever started it.',
          description: 'To that process alone. `POST /jobs/{id}/cancel` ends a job with everything it started.',
          tags: ['Processes'],
        },
      },
    );
};
