/**
 * Between an editor, which believes that it talks to an agent it has started, and a door to that agent elsewhere.
 *
 *   greeting ──initialize answered──▶ relaying ◀──sessions open again── renewing
 *                                        └──a connection that is new──────▲
 *   any ──end of input, all gone out──▶ ended      any ──the link has failed──▶ ended
 *
 * Messages pass as they are. Changed are: paths (message-paths.ts), the ids of requests of a connection that is not the first
 * one, since they could be those of earlier ones, and what a mode of latency adds.
 */
import type { Clock } from '../../core/clock.ts';
import { Conversation, opensAgain, updateOf, type Request } from './conversation.ts';
import type { Door } from './door.ts';
import { withoutHost } from './host-ownership.ts';
import {
  errorAnswer,
  INTERNAL_ERROR,
  INVALID_REQUEST,
  isAnswer,
  isObject,
  isRequest,
  keyOf,
  paramsOf,
  PARSE_ERROR,
  type Message,
} from './json-rpc.ts';
import type { Frame } from './kept-frames.ts';
import { Latency, type LatencyMode } from './latency.ts';
import type { Link, LinkFailure } from './link.ts';
import { mapParams, type Paths } from './message-paths.ts';
import { Renewal } from './renewal.ts';

export interface BridgeOptions {
  readonly wire: 'acp' | 'acpremote';
  readonly host: 'remote' | 'client';
  readonly latency: LatencyMode;
  readonly paths: Paths;
  readonly clock: Clock;
  /** A line to the editor, without its end. */
  readonly toEditor: (line: string) => void;
  /** A sentence for people. */
  readonly note: (sentence: string) => void;
}

type State =
  | { readonly at: 'greeting' | 'relaying' | 'ended' }
  /** `held`: what the editor has sent meanwhile. */
  | { readonly at: 'renewing'; readonly renewal: Renewal; readonly held: Frame[] };

const LOST = 'the connection to the server was lost, and with it what has become of this request';

export class Bridge {
  /** Resolves when nothing passes any more; to the failure of the link, where that is why. */
  readonly ended: Promise<LinkFailure | string | undefined>;
  readonly #options: BridgeOptions;
  readonly #link: Link;
  readonly #conversation = new Conversation();
  readonly #latency: Latency;
  readonly #end = Promise.withResolvers<LinkFailure | string | undefined>();
  #state: State = { at: 'greeting' };
  #door: Door | undefined;
  /** Requests of the editor that the server has not answered, by key. */
  readonly #open = new Map<string, Request>();
  /** Those of them that a connection that is gone was sent. */
  readonly #lost = new Set<string>();
  /** Requests of the door itself, by key. */
  readonly #own = new Map<string, (answer: Message) => void>();
  /** Requests of the server, by the key of the id under which the editor knows them. */
  readonly #asked = new Map<string, { readonly id: unknown; readonly shown: unknown }>();
  #connections = 0;
  #ownRequests = 0;
  #isFinishing = false;
  #isTroubled = false;

  constructor(options: BridgeOptions, link: Link) {
    this.#options = options;
    this.#link = link;
    this.#latency = new Latency(options.latency, options.clock);
    this.ended = this.#end.promise;
  }

  /** A line of the editor. */
  line(text: string): void {
    if (text.trim() === '') return;
    let message: unknown;
    try {
      message = JSON.parse(text);
    } catch {
      return this.#tell(errorAnswer(null, PARSE_ERROR, 'the line is not JSON'));
    }
    if (!isObject(message)) return this.#tell(errorAnswer(null, INVALID_REQUEST, 'a message is a JSON object'));
    if (isAnswer(message)) this.#answerOfEditor(message, text);
    else this.#messageOfEditor(message, text);
  }

  /** End of input: what is queued goes out, and the sessions stay. */
  finish(): void {
    this.#isFinishing = true;
    if (this.#state.at !== 'renewing') this.#link.finish();
  }

  /** What the link has to tell. */
  readonly reader = {
    message: (text: string) => this.#fromServer(text),
    connected: (door: Door, lost: readonly Frame[], unsent: readonly Frame[]) => this.#connected(door, lost, unsent),
    trouble: (why: string | undefined) => this.#trouble(why),
    ended: (failure?: LinkFailure) => this.#over(failure),
  };

  #messageOfEditor(message: Message, text: string): void {
    const method = String(message['method']);
    const key = isRequest(message) ? keyOf(message['id']) : undefined;
    const refuse = (why: string) => {
      if (key === undefined) this.#options.note(`${method} of the editor was not sent: ${why}`);
      else this.#tell(errorAnswer(message['id'], INVALID_REQUEST, why));
    };
    const isFirst = this.#state.at === 'greeting' && this.#options.wire === 'acp' && !this.#isGreeted;
    if (isFirst && (method !== 'initialize' || key === undefined)) return refuse('the first request is initialize');
    const params = this.#outgoing(method, paramsOf(message));
    const changed = params === message['params'] || !isObject(message['params']) ? message : { ...message, params };
    const line = changed === message ? oneLine(text, message) : JSON.stringify(changed);
    const limit = this.#door?.maxBytes ?? Infinity;
    if (Buffer.byteLength(line) > limit)
      return refuse(`the message has more than the ${limit} bytes that are taken there`);
    if (key !== undefined) {
      const request = { id: message['id'], method, params };
      this.#open.set(key, request);
      this.#conversation.asked(request);
      if (method === 'session/prompt') this.#latency.prompted(params['sessionId'], key);
    }
    this.#send({ text: line, from: 'editor', ...(key !== undefined && { request: key }) });
  }

  /** Whether an initialize of the editor is on its way. */
  get #isGreeted(): boolean {
    return [...this.#open.values()].some(({ method }) => method === 'initialize');
  }

  #outgoing(method: string, params: Message): Message {
    const { wire, host, paths } = this.#options;
    if (method === 'initialize') return wire === 'acpremote' && host === 'remote' ? withoutHost(params) : params;
    return mapParams(method, params, paths, this.#door?.remoteCwd);
  }

  #answerOfEditor(message: Message, text: string): void {
    const key = keyOf(message['id']);
    const asked = this.#asked.get(key);
    // To a request of a connection that is gone, or to none.
    if (asked === undefined || !this.#asked.delete(key)) return;
    const { id, shown } = asked;
    this.#link.send({
      text: id === shown ? oneLine(text, message) : JSON.stringify({ ...message, id }),
      from: 'editor-answer',
    });
  }

  #send(frame: Frame): void {
    if (this.#state.at === 'renewing') this.#state.held.push(frame);
    else this.#link.send(frame);
  }

  #fromServer(text: string): void {
    let message: unknown;
    try {
      message = JSON.parse(text);
    } catch {
      return this.#options.note('the server has sent what is no JSON; it was left out');
    }
    if (!isObject(message)) return this.#options.note('the server has sent what is no message; it was left out');
    if (isAnswer(message)) this.#answerOfServer(message, text);
    else if (isRequest(message)) this.#requestOfServer(message, text);
    else this.#notificationOfServer(message, text);
  }

  #answerOfServer(message: Message, text: string): void {
    const key = keyOf(message['id']);
    this.#link.answered(key);
    const own = this.#own.get(key);
    if (own !== undefined) {
      this.#own.delete(key);
      return own(message);
    }
    const request = this.#open.get(key);
    // An error without an id is about a message that the server could not read.
    if (request === undefined && message['id'] !== null) return;
    if (request !== undefined) this.#settled(key, request, message);
    this.#options.toEditor(oneLine(text, message));
  }

  #settled(key: string, request: Request, answer: Message): void {
    this.#open.delete(key);
    this.#conversation.answered(request, answer);
    if (this.#conversation.initialize !== undefined) this.#link.isNeeded = true;
    if (this.#state.at === 'greeting' && this.#link.isNeeded) this.#state = { at: 'relaying' };
    for (const update of this.#latency.answered(key)) this.#tell(update);
  }

  #requestOfServer(message: Message, text: string): void {
    const { id, method } = message;
    const shown = this.#shownId(id);
    this.#asked.set(keyOf(shown), { id, shown });
    const params = paramsOf(message);
    const marked = method === 'session/request_permission' ? this.#latency.marked(params) : params;
    if (shown === id && marked === params) this.#options.toEditor(oneLine(text, message));
    else this.#tell({ ...message, id: shown, ...(marked !== params && { params: marked }) });
  }

  #shownId = (id: unknown): unknown => (this.#connections <= 1 ? id : `agent-server:${this.#connections}:${keyOf(id)}`);

  #notificationOfServer(message: Message, text: string): void {
    const params = paramsOf(message);
    const { requestId } = params;
    if (message['method'] === '$/cancel_request' && this.#connections > 1)
      return this.#tell({ ...message, params: { ...params, requestId: this.#shownId(requestId) } });
    const told = message['method'] === 'session/update' ? updateOf(params) : undefined;
    if (told === undefined) return this.#options.toEditor(oneLine(text, message));
    const { sessionId, update } = told;
    const rest = this.#state.at === 'renewing' ? this.#state.renewal.rest(sessionId, update) : update;
    if (rest === undefined) return;
    this.#conversation.told(sessionId).note(rest);
    const marked = this.#latency.marked(params);
    if (rest === update && marked === params) this.#options.toEditor(oneLine(text, message));
    else this.#tell({ ...message, params: { ...marked, update: rest } });
  }

  #connected(door: Door, lost: readonly Frame[], unsent: readonly Frame[]): void {
    this.#door = door;
    this.#connections += 1;
    this.#own.clear();
    for (const { shown } of this.#asked.values())
      this.#tell({ jsonrpc: '2.0', method: '$/cancel_request', params: { requestId: shown } });
    this.#asked.clear();
    const isGreeting = this.#conversation.initialize === undefined;
    const later = unsent.filter(({ from }) => from === 'editor');
    for (const frame of lost) {
      const { request } = frame;
      if (request === undefined || !this.#open.has(request)) continue;
      // Nothing has come of it yet that asking again could double.
      if (isGreeting && this.#open.get(request)?.method === 'initialize') later.unshift(frame);
      else this.#lost.add(request);
    }
    if (isGreeting) {
      for (const frame of later) this.#link.send(frame);
      this.#giveUpLost();
      if (this.#isFinishing) this.#link.finish();
      return;
    }
    for (const key of this.#lost) this.#conversation.reopens(this.#open.get(key));
    const held = [...later, ...(this.#state.at === 'renewing' ? this.#state.held : [])];
    const renewal: Renewal = new Renewal(this.#conversation, {
      ask: (method, params, answered) => this.#ask(method, params, answered),
      note: this.#options.note,
      done: (failure) => this.#renewed(renewal, held, failure),
    });
    this.#state = { at: 'renewing', renewal, held };
  }

  #ask(method: string, params: Message, answered: (answer: Message) => void): void {
    const id = `agent-server:ask:${(this.#ownRequests += 1)}`;
    const request = keyOf(id);
    this.#own.set(request, answered);
    this.#link.send({ text: JSON.stringify({ jsonrpc: '2.0', id, method, params }), from: 'door', request });
  }

  #renewed(renewal: Renewal, held: readonly Frame[], failure: string | undefined): void {
    if (failure !== undefined) return this.#over(`the agent could not be started again: ${failure}`);
    this.#state = { at: 'relaying' };
    // What opened a session has its answer; what became of anything else nobody knows.
    for (const key of this.#lost) {
      const request = this.#open.get(key);
      const answer = request && opensAgain(request) ? renewal.answerOf(request.params['sessionId']) : undefined;
      if (request === undefined || answer === undefined) continue;
      this.#lost.delete(key);
      this.#settled(key, request, answer);
      this.#tell({ ...answer, id: request.id });
    }
    this.#giveUpLost();
    for (const frame of held) this.#link.send(frame);
    if (this.#isFinishing) this.#link.finish();
  }

  #giveUpLost(): void {
    for (const key of this.#lost) this.#giveUp(key);
    this.#lost.clear();
  }

  #giveUp(key: string): void {
    const request = this.#open.get(key);
    if (request === undefined) return;
    const answer = errorAnswer(request.id, INTERNAL_ERROR, LOST);
    this.#settled(key, request, answer);
    this.#tell(answer);
  }

  #trouble(why: string | undefined): void {
    if (why !== undefined && !this.#isTroubled)
      this.#options.note(`the line to the server is broken (${why}); trying again`);
    if (why === undefined && this.#isTroubled) this.#options.note('connected again');
    this.#isTroubled = why !== undefined;
  }

  #over(failure: LinkFailure | string | undefined): void {
    if (this.#state.at === 'ended') return;
    this.#state = { at: 'ended' };
    if (failure !== undefined) for (const key of [...this.#open.keys()]) this.#giveUp(key);
    this.#end.resolve(failure);
  }

  #tell(message: Message): void {
    this.#options.toEditor(JSON.stringify(message));
  }
}

/** The text itself, but for one that is laid out in lines. */
const oneLine = (text: string, message: Message): string => (/[\r\n]/.test(text) ? JSON.stringify(message) : text);
