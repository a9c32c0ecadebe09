/** Both streams of a job's output as one. */
import Type, { type Static } from 'typebox';

export const TimelineEntry = Type.Object(
  {
    time: Type.Number({
      description:
        'When the last of these bytes had come, Unix seconds with milliseconds. The first of them may have come up to 100 ms before.',
    }),
    stream: Type.Enum(['stdout', 'stderr'], { description: 'Which stream they are of.' }),
    offset: Type.Integer({ minimum: 0, description: 'Where in that stream they begin.' }),
    bytes: Type.Integer({ minimum: 1, description: 'How many bytes of the stream this is.' }),
    text: Type.String({
      description: 'The bytes as text, never split inside a character; what is not UTF-8 as U+FFFD.',
    }),
  },
  { $id: 'TimelineEntry', description: 'Output of one stream that came together.' },
);
export type TimelineEntry = Static<typeof TimelineEntry>;

export const Timeline = Type.Object(
  {
    from: Type.Integer({
      minimum: 0,
      description:
        'Where this part begins: the position that was asked for, or up to 3 bytes before it where that is inside a character.',
    }),
    to: Type.Integer({ minimum: 0, description: 'Where this part ends and the next one begins.' }),
    total: Type.Integer({
      minimum: 0,
      description: 'Where the timeline ends so far. While the job runs this is up to 100 ms behind its output.',
    }),
    complete: Type.Boolean({ description: 'The job has ended, and this part reaches to the end of its output.' }),
    entries: Type.Array(TimelineEntry, { description: 'The output, in the order in which it came.' }),
  },
  {
    $id: 'Timeline',
    description:
      'A part of a job’s timeline. A position in it counts the bytes of both streams together; later output does not change it.',
  },
);
export type Timeline = Static<typeof Timeline>;
