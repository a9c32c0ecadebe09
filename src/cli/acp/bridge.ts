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
  lineOf,
  paramsOf,
  PARSE_ERROR,
  type Message,
} from './json-rpc.ts';
import type { Frame } from './kept-frames.ts';
import { Latency, type LatencyMode } from './latency.ts';
import type { Link, LinkFailure, LinkReader } from './link.ts';
import { mapParams, type Paths } from './message-paths.ts';
import { OpenRequests } from './open-requests.ts';
import { Renewal } from './renewal.ts';
import { ServerRequests } from './server-requests.ts';

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
  readonly #open = new OpenRequests();
  /** Requests of the door itself, by key. */
  readonly #own = new Map<string, (answer: Message) => void>();
  readonly #asked = new ServerRequests();
  #ownRequests = 0;
  #isFinishing = false;

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
  readonly reader: Omit<LinkReader, 'trouble'> = {
    message: (text) => this.#fromServer(text),
    connected: (door, lost, unsent) => this.#connected(door, lost, unsent),
    ended: (failure) => this.#over(failure),
  };

  #messageOfEditor(message: Message, text: string): void {
    const method = String(message['method']);
    const key = isRequest(message) ? keyOf(message['id']) : undefined;
    const refuse = (why: string) => {
      if (key === undefined) this.#options.note(`${method} of the editor was not sent: ${why}`);
      else this.#tell(errorAnswer(message['id'], INVALID_REQUEST, why));
    };
    const isFirst = this.#state.at === 'greeting' && !this.#open.has('initialize');
    if (isFirst && this.#options.wire === 'acp' && (method !== 'initialize' || key === undefined))
      return refuse('the first request is initialize');
    const params = this.#outgoing(method, paramsOf(message));
    const isSame = params === message['params'] || !isObject(message['params']);
    const line = lineOf(isSame ? message : { ...message, params }, message, text);
    const limit = this.#door?.maxBytes ?? Infinity;
    if (Buffer.byteLength(line) > limit)
      return refuse(`the message has more than the ${limit} bytes that are taken there`);
    if (key !== undefined) {
      const request = { id: message['id'], method, params };
      this.#open.add(key, request);
      this.#conversation.asked(request);
      if (method === 'session/prompt') this.#latency.prompted(params['sessionId'], key);
    }
    this.#send({ text: line, from: 'editor', ...(key !== undefined && { request: key }) });
  }

  #outgoing(method: string, params: Message): Message {
    const { wire, host, paths } = this.#options;
    if (method === 'initialize') return wire === 'acpremote' && host === 'remote' ? withoutHost(params) : params;
    return mapParams(method, params, paths, this.#door?.remoteCwd);
  }

  #answerOfEditor(message: Message, text: string): void {
    const answer = this.#asked.answered(message);
    if (answer !== undefined) this.#link.send({ text: lineOf(answer, message, text), from: 'editor-answer' });
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
    this.#options.toEditor(lineOf(message, message, text));
  }

  #settled(key: string, request: Request, answer: Message): void {
    this.#open.remove(key);
    this.#conversation.answered(request, answer);
    if (this.#conversation.initialize !== undefined) this.#link.isNeeded = true;
    if (this.#state.at === 'greeting' && this.#link.isNeeded) this.#state = { at: 'relaying' };
    for (const update of this.#latency.answered(key)) this.#tell(update);
  }

  #requestOfServer(message: Message, text: string): void {
    const { id, method } = message;
    const shown = this.#asked.asked(id);
    const params = paramsOf(message);
    const marked = method === 'session/request_permission' ? this.#latency.marked(params) : params;
    const isSame = shown === id && marked === params;
    this.#options.toEditor(lineOf(isSame ? message : { ...message, id: shown, params: marked }, message, text));
  }

  #notificationOfServer(message: Message, text: string): void {
    const params = paramsOf(message);
    const { requestId } = params;
    if (message['method'] === '$/cancel_request')
      return this.#tell({ ...message, params: { ...params, requestId: this.#asked.shownId(requestId) } });
    const told = message['method'] === 'session/update' ? updateOf(params) : undefined;
    if (told === undefined) return this.#options.toEditor(lineOf(message, message, text));
    const { sessionId, update } = told;
    const rest = this.#state.at === 'renewing' ? this.#state.renewal.rest(sessionId, update) : update;
    if (rest === undefined) return;
    this.#conversation.told(sessionId).note(rest);
    const marked = this.#latency.marked(params);
    const isSame = rest === update && marked === params;
    this.#options.toEditor(
      lineOf(isSame ? message : { ...message, params: { ...marked, update: rest } }, message, text),
    );
  }

  #connected(door: Door, lost: readonly Frame[], unsent: readonly Frame[]): void {
    this.#door = door;
    this.#own.clear();
    for (const takenBack of this.#asked.connected()) this.#tell(takenBack);
    const isGreeting = this.#conversation.initialize === undefined;
    const later = unsent.filter(({ from }) => from === 'editor');
    for (const frame of lost) {
      const { request = '' } = frame;
      // Nothing has come of it yet that asking again could double.
      if (isGreeting && this.#open.get(request)?.method === 'initialize') later.unshift(frame);
      else this.#open.lose(request);
    }
    if (isGreeting) return this.#goOn(later);
    for (const [, request] of this.#open.lost()) this.#conversation.reopens(request);
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
    this.#goOn(held, renewal);
  }

  /** On a connection that is new. */
  #goOn(frames: readonly Frame[], renewal?: Renewal): void {
    this.#answerLost(this.#open.lost(), renewal);
    for (const frame of frames) this.#link.send(frame);
    if (this.#isFinishing) this.#link.finish();
  }

  /** What opened a session was answered when it was opened again; what became of anything else nobody knows. */
  #answerLost(lost: ReturnType<OpenRequests['lost']>, renewal?: Renewal): void {
    for (const [key, request] of lost) {
      const again = opensAgain(request) ? renewal?.answerOf(request.params['sessionId']) : undefined;
      const answer = again ? { ...again, id: request.id } : errorAnswer(request.id, INTERNAL_ERROR, LOST);
      this.#settled(key, request, answer);
      this.#tell(answer);
    }
  }

  #over(failure: LinkFailure | string | undefined): void {
    if (this.#state.at === 'ended') return;
    this.#state = { at: 'ended' };
    if (failure !== undefined) this.#answerLost(this.#open.all());
    this.#end.resolve(failure);
  }

  #tell(message: Message): void {
    this.#options.toEditor(JSON.stringify(message));
  }
}
