/**
 * The prompt is the script: what the model answers to a conversation. The directives of the last message of the user
 * that has any are done in order, one an answer; the results of tools since then tell how far it is.
 *
 *   [[shell CMD]]          a call of the agent's own shell tool
 *   [[write PATH|TEXT]]    a call of the agent's own tool that makes a file
 *   [[tool NAME|JSON]]     a call of any tool
 *   [[say TEXT]]           that text; the turn is over
 *   [[slow SECONDS]]       `tick 0 `, `tick 1 ` …, five a second
 *   [[status CODE]]        an HTTP error
 *
 * After the last one it says `FAKE-DONE n`, n results of tools later; without any, `FAKE-ECHO` and the end of the prompt.
 */
import { shellCall, writeCall, type Tool, type ToolCall } from './tool-calls.ts';

export interface Conversation {
  readonly tools: readonly Tool[];
  readonly turns: readonly { readonly by: 'user' | 'tool' | 'other'; readonly text: string }[];
}

export type ModelAnswer =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'ticks'; readonly count: number }
  | { readonly kind: 'call'; readonly call: ToolCall }
  | { readonly kind: 'status'; readonly status: number };

export const TICKS_A_SECOND = 5;

const DIRECTIVE = /\[\[(shell|write|tool|say|slow|status) ([\s\S]*?)\]\]/g;

export function answerTo({ tools, turns }: Conversation): ModelAnswer {
  const at = turns.findLastIndex(({ by, text }) => by === 'user' && text.search(DIRECTIVE) >= 0);
  if (at < 0) return say(`FAKE-ECHO ${turns.findLast(({ by }) => by === 'user')?.text.slice(-40) ?? ''}`);
  const steps = [...(turns[at]?.text ?? '').matchAll(DIRECTIVE)];
  const done = turns.slice(at).filter(({ by }) => by === 'tool').length;
  const step = steps[done];
  return step === undefined ? say(`FAKE-DONE ${done}`) : follow(step[1] ?? '', step[2] ?? '', tools);
}

function follow(verb: string, argument: string, tools: readonly Tool[]): ModelAnswer {
  switch (verb) {
    case 'say':
      return say(argument);
    case 'slow':
      return { kind: 'ticks', count: Number(argument) * TICKS_A_SECOND };
    case 'status':
      return { kind: 'status', status: Number(argument) };
    default:
  }
  // A question without tools is about the conversation, such as one for its title.
  if (tools.length === 0) return say('Fake title');
  const [head = '', rest = ''] = argument.split(/\|([\s\S]*)/);
  const call =
    verb === 'tool'
      ? { name: head, input: JSON.parse(rest) as ToolCall['input'] }
      : verb === 'write'
        ? writeCall(tools, head, rest)
        : shellCall(tools, argument);
  return call === undefined ? say(`FAKE-NO-TOOL ${tools.map(({ name }) => name).join(',')}`) : { kind: 'call', call };
}

const say = (text: string): ModelAnswer => ({ kind: 'text', text });
