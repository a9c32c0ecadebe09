/**
 * What an editor and an agent have agreed on, as far as it must be said again to a server that does not know it any more: the
 * initialize, a login, and the sessions that are open.
 */
import { errorOf, isObject, paramsOf, type Message } from './json-rpc.ts';
import { Told } from './told.ts';

export interface Request {
  readonly id: unknown;
  readonly method: string;
  readonly params: Message;
}

/** How a session is opened again. */
export type Opening = Pick<Request, 'method' | 'params'>;

export class Conversation {
  initialize: Message | undefined;
  authenticate: Message | undefined;
  readonly sessions = new Map<string, Opening>();
  readonly #told = new Map<string, Told>();

  /** Of any session, also of one whose answer has not come yet. */
  told(sessionId: string): Told {
    const told = this.#told.get(sessionId) ?? new Told();
    this.#told.set(sessionId, told);
    return told;
  }

  /** The editor asks. */
  asked({ method, params }: Request): void {
    const { sessionId } = params;
    if (typeof sessionId !== 'string') return;
    // What it had of it, it gets anew.
    if (method === 'session/load') this.#told.delete(sessionId);
    if (method === 'session/prompt') this.told(sessionId).prompted(params['prompt']);
  }

  /** A request that was not answered, and whose answer is to come from opening the session again. */
  reopens(request: Request | undefined): void {
    if (request !== undefined && opensAgain(request))
      this.#opened(request.params['sessionId'], request.method, request.params);
  }

  /** The editor gets its answer. */
  answered(request: Request, answer: Message): void {
    const { method, params } = request;
    if (errorOf(answer) !== undefined) {
      if (opensAgain(request)) this.sessions.delete(String(params['sessionId']));
      return;
    }
    const result = paramsOf({ params: answer['result'] });
    const sessionId = params['sessionId'] ?? result['sessionId'];
    switch (method) {
      case 'initialize':
        this.initialize = params;
        return;
      case 'authenticate':
        this.authenticate = params;
        return;
      case 'session/new':
        return this.#opened(sessionId, 'session/load', params);
      case 'session/fork':
        return this.#opened(result['sessionId'], 'session/load', params);
      case 'session/load':
      case 'session/resume':
        return this.#opened(sessionId, method, params);
      case 'session/close':
      case 'session/delete':
        this.sessions.delete(String(sessionId));
        this.#told.delete(String(sessionId));
    }
  }

  #opened(sessionId: unknown, method: string, params: Message): void {
    if (typeof sessionId === 'string') this.sessions.set(sessionId, { method, params: { ...params, sessionId } });
  }
}

/** Whether it opens a session that is there, which may be done twice. */
export const opensAgain = ({ method }: Request): boolean => method === 'session/load' || method === 'session/resume';

/** The session of an update, and the update. */
export function updateOf(params: Message): { readonly sessionId: string; readonly update: Message } | undefined {
  const { sessionId, update } = params;
  return typeof sessionId === 'string' && isObject(update) ? { sessionId, update } : undefined;
}
