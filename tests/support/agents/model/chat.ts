/** OpenAI's chat completions: a request as a conversation, an answer as its stream or its one document. */
import type { Conversation, ModelAnswer } from './script.ts';
import { TICKS_A_SECOND } from './script.ts';
import type { Tool } from './tool-calls.ts';

export interface ChatRequest {
  readonly model: string;
  readonly stream?: boolean;
  readonly messages?: readonly { readonly role: string; readonly content: unknown }[];
  readonly tools?: readonly { readonly function?: { readonly name: string; readonly parameters?: Tool['schema'] } }[];
  readonly reasoning_effort?: string;
}

const USAGE = { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 };

export function conversationOf({ messages = [], tools = [] }: ChatRequest): Conversation {
  return {
    tools: tools.flatMap(({ function: f }) => (f ? [{ name: f.name, schema: f.parameters ?? {} }] : [])),
    turns: messages.map(({ role, content }) => ({
      by: role === 'user' || role === 'tool' ? role : 'other',
      text: textOf(content),
    })),
  };
}

function textOf(content: unknown): string {
  if (Array.isArray(content)) return content.map((part: { text?: string }) => part.text ?? '').join('\n');
  return typeof content === 'string' ? content : '';
}

type Spoken = Exclude<ModelAnswer, { kind: 'status' }>;

export async function chatAnswer(request: ChatRequest, answer: Spoken): Promise<Response> {
  if (request.stream === true) {
    const headers = { 'content-type': 'text/event-stream' };
    // Bun takes async generators for a body; its types do not know.
    return new Response(events(request.model, answer) as unknown as ReadableStream, { headers });
  }
  const calls = toolCalls(answer);
  const content = calls === undefined ? (await Array.fromAsync(pieces(answer))).join('') : null;
  const message = { role: 'assistant', content, ...(calls && { tool_calls: calls }) };
  const choices = [{ index: 0, finish_reason: reasonOf(answer), message }];
  return Response.json({ ...head(request.model), object: 'chat.completion', usage: USAGE, choices });
}

async function* events(model: string, answer: Spoken): AsyncGenerator<string> {
  const event = (more: object) =>
    `data: ${JSON.stringify({ ...head(model), object: 'chat.completion.chunk', ...more })}\n\n`;
  const chunk = (delta: object, finish_reason: string | null = null) =>
    event({ choices: [{ index: 0, delta, finish_reason }] });
  yield chunk({ role: 'assistant', content: '' });
  const calls = toolCalls(answer);
  if (calls !== undefined) yield chunk({ tool_calls: calls });
  else for await (const content of pieces(answer)) yield chunk({ content });
  yield chunk({}, reasonOf(answer));
  yield event({ choices: [], usage: USAGE });
  yield 'data: [DONE]\n\n';
}

/** The text of an answer as it is streamed. */
async function* pieces(answer: Spoken): AsyncGenerator<string> {
  if (answer.kind === 'text') yield* answer.text.match(/.{1,12}/gs) ?? [''];
  if (answer.kind !== 'ticks') return;
  for (let tick = 0; tick < answer.count; tick += 1) {
    yield `tick ${tick} `;
    await Bun.sleep(1000 / TICKS_A_SECOND);
  }
}

function toolCalls(answer: Spoken): readonly object[] | undefined {
  if (answer.kind !== 'call') return undefined;
  const { name, input } = answer.call;
  return [{ index: 0, id: newId('call'), type: 'function', function: { name, arguments: JSON.stringify(input) } }];
}

const reasonOf = (answer: Spoken): string => (answer.kind === 'call' ? 'tool_calls' : 'stop');
const head = (model: string) => ({ id: newId('chatcmpl'), created: 1, model });
const newId = (kind: string): string => `${kind}-${crypto.randomUUID()}`;
