/** The machine: what it is and how busy it is, once or as Server-Sent Events. */
import Type from 'typebox';
import { System, SystemEvent } from '../../protocol/system.ts';
import type { Sampler } from '../../system/sampler.ts';
import { answer, eventStream as streamAnswer, PARAMETER_INVALID } from '../wire/answers.ts';
import { cursorOf, EVENT_CURSOR } from '../wire/event-cursor.ts';
import { eventStream } from '../wire/event-stream.ts';
import { exactQuery } from '../wire/query.ts';
import { resource } from '../wire/routes.ts';
import { eventView, type Counts } from './view.ts';

export interface SystemRoom {
  readonly sampler: Sampler;
  readonly describe: (withTools: boolean) => Promise<System>;
  readonly counts: () => Counts;
}

const DEFAULT_INTERVAL = 2;

export const systemRoutes = ({ sampler, describe, counts }: SystemRoom) =>
  resource('system')
    .get('/system', ({ query: { tools } }) => describe(tools === '1'), {
      access: 'observe',
      // Sixteen programs may have to start first.
      slow: true,
      ...exactQuery(
        Type.Object({
          tools: Type.Optional(
            Type.Enum(['0', '1'], {
              default: '0',
              description: '`1`: also versions of tools for programmers, which are looked up once a minute at most.',
            }),
          ),
        }),
      ),
      response: { 200: answer('The machine.', System), 400: PARAMETER_INVALID },
      detail: {
        operationId: 'getSystem',
        summary: 'The machine: its system, processors, memory, disks, and who is logged in.',
        description:
          'Takes a quarter of a second, over which `cpu.usage` is measured. Shares of a network are listed but not asked, since one that is away would not answer; a disk that does not answer within a second has null for its sizes.',
        tags: ['System'],
      },
    })
    .get(
      '/system/events',
      ({ headers: cursor, query: { interval = DEFAULT_INTERVAL }, request }) => {
        const after = cursorOf(cursor, {});
        return eventStream({
          source: sampler.open(interval, after),
          after,
          render: (sample) => ({ event: 'system', data: eventView(sample, counts()) }),
          method: request.method,
          signal: request.signal,
        });
      },
      {
        access: 'observe',
        headers: EVENT_CURSOR,
        ...exactQuery(
          Type.Object({
            interval: Type.Optional(
              Type.Integer({ minimum: 1, maximum: 60, default: 2, description: 'Seconds from event to event.' }),
            ),
          }),
        ),
        response: {
          200: streamAnswer('The events, named `system`; `data` is a SystemEvent.', [SystemEvent]),
          400: PARAMETER_INVALID,
        },
        detail: {
          operationId: 'followSystem',
          summary: 'How busy the machine is, as Server-Sent Events.',
          description:
            'The first event comes at once, and usage is over the interval. A reader that is slow gets the newest event and none that it missed; `Last-Event-ID` makes the numbers go on.',
          tags: ['System'],
        },
      },
    );
