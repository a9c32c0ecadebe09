/** A conversation out of the events of a session. */
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { Conversation } from '../../src/console/page/agents/conversation/conversation.ts';
import type { Entry } from '../../src/console/page/agents/conversation/entry.ts';

type Said = readonly [event: string, data: unknown];

const chunk = (text: string, more: object = {}): Said => [
  'agent_message_chunk',
  { content: { type: 'text', text }, ...more },
];
const prompt = (turn: number, text: string): Said => ['prompt', { turn, content: [{ type: 'text', text }] }];
const end = (turn: number, stopReason = 'end_turn'): Said => ['turn_end', { turn, stopReason }];

function conversationOf(said: readonly Said[]): Conversation {
  const conversation = new Conversation();
  for (const [index, [event, data]] of said.entries()) conversation.take({ id: index + 1, event, data });
  return conversation;
}

const shown = (...said: Said[]): string[] => conversationOf(said).timeline.entries.map(textOf);

function textOf(entry: Entry): string {
  switch (entry.at) {
    case 'message':
      return `${entry.role}: ${entry.parts.map((part) => (part.at === 'text' ? part.text : part.block['type'])).join('|')}`;
    case 'tool':
      return `tool ${entry.title} ${entry.status}${entry.abandoned ? ' abandoned' : ''}`;
    case 'terminal':
      return `terminal ${entry.command}${entry.embedded ? ' embedded' : ''}`;
    case 'plan':
      return `plan ${entry.steps.map(({ content, status }) => `${content}=${status}`).join()}`;
    case 'permission':
      return `permission ${entry.permissionId} ${entry.answer?.optionId ?? 'open'}`;
    case 'turn-end':
      return entry.stopReason;
    case 'notes':
      return `${entry.kind}: ${entry.text}`;
  }
}

describe('a conversation out of the events of a session', () => {
  test.each<[string, Said[], string[]]>([
    ['chunks make one message', [chunk('a'), chunk('b')], ['agent: ab']],
    [
      'another message id begins another message',
      [chunk('a', { messageId: '1' }), chunk('b', { messageId: '2' })],
      ['agent: a', 'agent: b'],
    ],
    [
      'a note does not break a message',
      [chunk('a'), ['stderr', { text: 'x' }], chunk('b')],
      ['agent: ab', 'stderr: x'],
    ],
    [
      'a tool call does',
      [chunk('a'), ['tool_call', { toolCallId: 't', title: 'T' }], chunk('b')],
      ['agent: a', 'tool T pending', 'agent: b'],
    ],
    [
      'an image stands between texts',
      [chunk('a'), ['agent_message_chunk', { content: { type: 'image' } }], chunk('b')],
      ['agent: a|image|b'],
    ],
    [
      'a prompt that the agent repeats is there once',
      [prompt(1, 'hi'), ['user_message_chunk', { content: { type: 'text', text: 'hi' } }], chunk('a')],
      ['user: hi', 'agent: a'],
    ],
    [
      'a user message of a history is there',
      [['user_message_chunk', { content: { type: 'text', text: 'old' } }], chunk('a')],
      ['user: old', 'agent: a'],
    ],
    [
      'an update of an unknown call makes a row',
      [['tool_call_update', { toolCallId: 't', title: 'T', status: 'completed' }]],
      ['tool T completed'],
    ],
    [
      'null changes nothing',
      [
        ['tool_call', { toolCallId: 't', title: 'T', status: 'failed' }],
        ['tool_call_update', { toolCallId: 't', title: null, status: null }],
      ],
      ['tool T failed'],
    ],
    [
      'a call that its turn did not finish',
      [prompt(1, 'x'), ['tool_call', { toolCallId: 't', title: 'T' }], end(1, 'cancelled')],
      ['user: x', 'tool T pending abandoned', 'cancelled'],
    ],
    [
      'a terminal that a call shows is not shown twice',
      [
        ['terminal_run', { terminalId: 'x', command: 'ls' }],
        ['tool_call', { toolCallId: 't', title: 'T', content: [{ type: 'terminal', terminalId: 'x' }] }],
      ],
      ['terminal ls embedded', 'tool T pending'],
    ],
    [
      'a plan is one list, changed in place',
      [
        ['plan', { entries: [{ content: 'a', status: 'pending' }] }],
        chunk('x'),
        ['plan', { entries: [{ content: 'a', status: 'completed' }] }],
      ],
      ['plan a=completed', 'agent: x'],
    ],
    [
      'a prompt taken while a turn runs begins after its end',
      [prompt(1, 'one'), chunk('a'), prompt(2, 'two'), chunk('b'), end(1), chunk('c'), end(2)],
      ['user: one', 'agent: ab', 'end_turn', 'user: two', 'agent: c', 'end_turn'],
    ],
    [
      'a waiting prompt that is cancelled is told of, and the turn goes on',
      [
        prompt(1, 'one'),
        ['tool_call', { toolCallId: 't', title: 'T' }],
        prompt(2, 'two'),
        end(2, 'cancelled'),
        chunk('a'),
        end(1),
      ],
      ['user: one', 'tool T pending abandoned', 'user: two', 'cancelled', 'agent: a', 'end_turn'],
    ],
    [
      'an answer without its request is told of',
      [['permission_answer', { id: 'p', optionId: null, reason: 'too late' }]],
      ['notice: A permission request was answered: too late'],
    ],
    [
      'files read and written',
      [
        ['file_read', { path: '/a' }],
        ['file_write', { path: '/b' }],
      ],
      ['files: Read /a\nWrote /b'],
    ],
    ['why it failed', [['state', { state: 'failed', error: 'gone' }]], ['error: gone']],
    ['what is new to the page', [['sparkle', { a: 1 }]], ['other: sparkle {"a":1}']],
    [
      'what the record has',
      [
        ['usage_update', { used: 1 }],
        ['current_mode_update', {}],
      ],
      [],
    ],
  ])('%s', (_what, said, expected) => {
    expect(shown(...said)).toEqual(expected);
  });

  test('a call runs on when the prompt that waits behind it is cancelled', () => {
    const said: Said[] = [
      prompt(1, 'one'),
      ['tool_call', { toolCallId: 't', title: 'T' }],
      prompt(2, 'two'),
      end(2, 'cancelled'),
    ];
    expect(shown(...said)).toContain('tool T pending');
  });

  test('what comes again is not taken again', () => {
    const conversation = conversationOf([chunk('a'), chunk('b')]);
    conversation.take({ id: 2, event: 'agent_message_chunk', data: { content: { type: 'text', text: 'b' } } });
    expect(conversation.timeline.entries.map(textOf)).toEqual(['agent: ab']);
  });

  test('a message without end goes on in further entries', () => {
    const entries = conversationOf(Array.from({ length: 30 }, () => chunk('x'.repeat(10_000)))).timeline.entries;
    expect(entries.map((entry) => entry.at === 'message' && [entry.length, entry.continued])).toEqual([
      [100_000, false],
      [100_000, true],
      [100_000, true],
    ]);
  });

  test('whatever an agent sends, the page does not break', () => {
    const kinds = [
      'prompt',
      'agent_message_chunk',
      'tool_call',
      'tool_call_update',
      'plan',
      'permission',
      'permission_answer',
      'terminal_run',
      'terminal_end',
      'turn_end',
      'state',
      'stderr',
      'notice',
      'x',
    ];
    const event = fc.tuple(
      fc.constantFrom(...kinds),
      fc.oneof(
        fc.jsonValue(),
        fc.object({
          key: fc.constantFrom('content', 'toolCallId', 'entries', 'options', 'turn', 'id', 'text', 'status'),
        }),
      ),
    );
    fc.assert(
      fc.property(fc.array(event), (said) => {
        const conversation = conversationOf(said);
        conversation.forget(Math.floor(conversation.timeline.entries.length / 2));
        expect(conversation.lastId).toBe(said.length);
      }),
    );
  });
});
