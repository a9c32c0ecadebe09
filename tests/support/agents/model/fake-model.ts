/**
 * A model server for agents that must not dial out: OpenAI's chat completions on loopback. What it answers is written in
 * the prompt, see script.ts.
 *
 *     await using model = FakeModel.start();     model.url, model.requests
 *     bun tests/support/agents/model/fake-model.ts     prints {"port":N}
 */
import { chatAnswer, conversationOf, type ChatRequest } from './chat.ts';
import { answerTo } from './script.ts';

const MODELS = ['fake-1', 'fake-2'];

export class FakeModel implements AsyncDisposable {
  /** What was asked of it, oldest first. */
  readonly requests: ChatRequest[] = [];
  readonly #server: Bun.Server<undefined>;

  private constructor() {
    this.#server = Bun.serve({
      hostname: '127.0.0.1',
      port: 0,
      // Silence between two ticks is no reason to hang up.
      idleTimeout: 0,
      fetch: (request) => this.#answer(request),
    });
  }

  static start(): FakeModel {
    return new FakeModel();
  }

  get port(): number {
    return this.#server.port ?? 0;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/v1`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop(true);
  }

  async #answer(request: Request): Promise<Response> {
    const path = new URL(request.url).pathname;
    if (path.endsWith('/models')) {
      return Response.json({ object: 'list', data: MODELS.map((id) => ({ id, object: 'model', owned_by: 'fake' })) });
    }
    if (!path.endsWith('/chat/completions')) return failure(404, `no ${path}`);
    const asked = (await request.json()) as ChatRequest;
    this.requests.push(asked);
    const answer = answerTo(conversationOf(asked));
    return answer.kind === 'status' ? failure(answer.status, 'as the prompt says') : chatAnswer(asked, answer);
  }
}

const failure = (status: number, why: string): Response =>
  Response.json({ error: { type: 'api_error', code: status, message: `fake error ${status}: ${why}` } }, { status });

if (import.meta.main) console.log(JSON.stringify({ port: FakeModel.start().port }));
