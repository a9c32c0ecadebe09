/** A replay in whatever pieces: what is passed on is what the editor does not have. */
import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { Replay, Told } from '../../../src/cli/acp/told.ts';

type Update = Readonly<Record<string, unknown>>;
const say = (speaker: string, text: string): Update => ({
  sessionUpdate: `${speaker}_chunk`,
  content: { type: 'text', text },
});

/** Cuts a text anywhere. */
const piecesOf = (text: string, cuts: readonly number[]): string[] => {
  const at = [0, ...cuts.map((cut) => cut % (text.length + 1)), text.length].toSorted((a, b) => a - b);
  return at.slice(1).map((to, index) => text.slice(at[index], to));
};

test('of any text, told in any pieces and replayed in any others, the rest is exactly what was not told', () => {
  const cuts = fc.array(fc.nat(), { maxLength: 6 });
  fc.assert(
    fc.property(fc.string({ maxLength: 40 }), fc.nat(), cuts, cuts, (text, share, toldCuts, replayCuts) => {
      const until = share % (text.length + 1);
      const told = new Told();
      for (const piece of piecesOf(text.slice(0, until), toldCuts)) told.note(say('agent_message', piece));
      const replay = new Replay(told);
      const rest = piecesOf(text, replayCuts)
        .map((piece) => replay.rest(say('agent_message', piece)))
        .map((update) => (update?.['content'] as { text: string } | undefined)?.text ?? '');
      expect(rest.join('')).toBe(text.slice(until));
    }),
  );
});

test('those who speak are told apart; thoughts that a replay leaves out do no harm; prompts of the editor are known', () => {
  const told = new Told();
  told.prompted([
    { type: 'text', text: 'do it' },
    { type: 'image', data: 'AA' },
  ]);
  told.note(say('agent_thought', 'hm'));
  told.note(say('agent_message', 'done'));
  const replay = new Replay(told);
  expect(replay.rest(say('user_message', 'do it'))).toBeUndefined();
  expect(replay.rest({ sessionUpdate: 'user_message_chunk', content: { type: 'image', data: 'AA' } })).toBeUndefined();
  expect(replay.rest(say('agent_message', 'done'))).toBeUndefined();
  expect(replay.rest(say('user_message', 'and more'))).toEqual(say('user_message', 'and more'));
});

test('what was never sent does not hide what comes after it', () => {
  const told = new Told();
  for (const text of ['first', 'never arrived', 'third']) told.prompted([{ type: 'text', text }]);
  const replay = new Replay(told);
  expect(replay.rest(say('user_message', 'first'))).toBeUndefined();
  expect(replay.rest(say('user_message', 'third'))).toBeUndefined();
});

test('a tool call in the state that the editor has is left out, in another one it is passed on', () => {
  const told = new Told();
  const pending = { sessionUpdate: 'tool_call', toolCallId: 't', status: 'pending' };
  told.note(pending);
  const replay = new Replay(told);
  expect(replay.rest(pending)).toBeUndefined();
  expect(replay.rest({ ...pending, status: 'completed' })).toEqual({ ...pending, status: 'completed' });
});
