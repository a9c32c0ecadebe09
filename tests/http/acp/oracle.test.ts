/**
 * The SDK's own server transport as the oracle for door A: the same requests to it and to ours, and the same transcript, save for
 * what is meant to differ. The agent is the same function behind both.
 */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AgentConnector, AnyMessage } from '@agentclientprotocol/sdk';
import { createNodeHttpHandler } from '@agentclientprotocol/sdk/experimental/node';
import { AcpServer } from '@agentclientprotocol/sdk/experimental/server';
import { fieldsOf, type Fields } from '../../../src/agents/session/entry.ts';
import { EventReader, type StreamEvent } from './event-reader.ts';
import { echoAgent } from './echo-agent.ts';
import { DoorWorld, INITIALIZE, KEY, prompt } from './world.ts';

/** Status and, where it is a success, what is in the body. Errors are texts there and JSON here. */
interface Answer {
  readonly status: number;
  readonly body?: unknown;
  /** Whether a connection is named. */
  readonly connected?: boolean;
}

type Transcript = Readonly<Record<string, unknown>>;

/** What ours does otherwise, and why. */
const DEPARTURES: Readonly<Record<string, { readonly theirs: unknown; readonly ours: unknown; readonly why: string }>> =
  {
    'a batch': {
      theirs: { status: 400 },
      ours: { status: 501 },
      why: 'the RFD says so, and no client sends one',
    },
    'GET without anything': {
      theirs: { status: 406 },
      ours: { status: 200, body: 'metadata' },
      why: 'a bare GET was an error, and is how clients of acpremote ask',
    },
    'GET of another type without a connection': {
      theirs: { status: 406 },
      ours: { status: 200, body: 'metadata' },
      why: 'so is this',
    },
    'a second GET of an open stream': {
      theirs: { status: 409 },
      ours: { status: 200 },
      why: 'a half-open line would lock its owner out',
    },
    'initialize that the agent refuses': {
      theirs: { status: 200, body: { id: 'refuse', error: -32_000 }, connected: true },
      ours: { status: 200, body: { id: 'refuse', error: -32_000 } },
      why: 'nothing is kept of an agent that does not start',
    },
  };

class Script {
  readonly #url: string;
  readonly transcript: Record<string, unknown> = {};
  #connection = '';

  constructor(url: string) {
    this.#url = url;
  }

  async run(): Promise<Transcript> {
    const { connection, session } = await this.#connect();
    await this.#refusals(session);
    await this.#turns(connection, session);
    await this.#gets();
    using _stream = connection;
    await this.#ends();
    return this.transcript;
  }

  async #connect() {
    await this.post('initialize that the agent refuses', { ...INITIALIZE, id: 'refuse' }, {}, '');
    await this.post('initialize without an id', { ...INITIALIZE, id: undefined }, {}, '');
    await this.post('initialize with null for an id', { ...INITIALIZE, id: null }, {}, '');
    await this.post('initialize without a version', { ...INITIALIZE, jsonrpc: undefined }, {}, '');
    await this.post('initialize', INITIALIZE, {}, '');
    const connection = await this.#stream();
    await this.post('session/new', { jsonrpc: '2.0', id: 1, method: 'session/new', params: { cwd: '/' } });
    this.transcript['the answer to it'] = await dataOf(connection, 1);
    return { connection, session: 'session-1' };
  }

  async #refusals(session: string) {
    const note = { jsonrpc: '2.0', method: '_own/note' };
    await this.post('initialize again', INITIALIZE);
    await this.post('another type', note, { 'content-type': 'text/plain' });
    await this.post('a type with a parameter', note, { 'content-type': 'Application/JSON; charset=utf-8' });
    await this.post('no JSON', '{');
    await this.post('nothing', '');
    await this.post('a number', '7');
    await this.post('null', 'null');
    await this.post('a batch', [note]);
    await this.post('an object that is no message', {});
    await this.post('without a connection', note, {}, '');
    await this.post('with an unknown connection', note, {}, 'unknown');
    for (const name of [
      'prompt',
      'cancel',
      'load',
      'resume',
      'close',
      'delete',
      'fork',
      'set_mode',
      'set_model',
      'set_config_option',
    ])
      await this.post(`session/${name} without a session`, { jsonrpc: '2.0', method: `session/${name}`, params: {} });
    await this.post('a session in the message alone', { ...note, params: { sessionId: session } });
    await this.post('two sessions', { ...note, params: { sessionId: session } }, { 'acp-session-id': 'other' });
    await this.post('a session in the header alone', note, { 'acp-session-id': session });
    await this.post('a long id of a session', note, { 'acp-session-id': 'x'.repeat(1025) });
    await this.post('a long id of a request', { ...note, id: 'x'.repeat(1025) });
    await this.ask('PUT', 'another method', {});
  }

  async #turns(connection: EventReader, session: string) {
    const ofSession = { 'acp-session-id': session };
    // The stream is not there yet.
    await this.post('session/prompt', prompt(session, 'one', 'two'), ofSession);
    using stream = await this.#stream(ofSession);
    this.transcript['what it says'] = await dataOf(stream, 2);
    await this.post('a prompt that asks', prompt(session, 'ask', 3), ofSession);
    const [question] = await dataOf(stream, 1);
    this.transcript['the question'] = question;
    const answer = { jsonrpc: '2.0', id: fieldsOf(question)['id'], result: { outcome: 'yes' } };
    await this.post('an answer without its session', answer);
    await this.post('an answer with another session', answer, { 'acp-session-id': 'other' });
    await this.post('an answer', answer, ofSession);
    await this.post('an answer to nothing', answer);
    this.transcript['what it says then'] = await dataOf(stream, 2);
    await this.post(
      'a method that nobody knows',
      { jsonrpc: '2.0', id: 0, method: '_own/what', params: {} },
      ofSession,
    );
    this.transcript['its error, where it was asked'] = await dataOf(stream, 1);
    const load = { jsonrpc: '2.0', id: 4, method: 'session/load', params: { sessionId: session, cwd: '/' } };
    await this.post('session/load', load, ofSession);
    this.transcript['its answer, on the stream of the connection'] = await dataOf(connection, 1);
    const second = await this.ask('GET', 'a second GET of an open stream', {
      accept: 'text/event-stream',
      ...ofSession,
    });
    await second.body?.cancel();
  }

  async #gets() {
    await this.ask('GET', 'GET without anything', { accept: '', 'acp-connection-id': undefined });
    await this.ask('GET', 'GET of another type without a connection', {
      accept: '*/*',
      'acp-connection-id': undefined,
    });
    await this.ask('GET', 'GET of another type', { accept: 'application/json' });
    await this.ask('GET', 'GET without a connection', { accept: 'text/event-stream', 'acp-connection-id': undefined });
    await this.ask('GET', 'GET of an unknown one', { accept: 'text/event-stream', 'acp-connection-id': 'unknown' });
    await this.ask('GET', 'GET of a long id of a session', {
      accept: 'text/event-stream',
      'acp-session-id': 'x'.repeat(1025),
    });
    const unknown = await this.ask('GET', 'GET of an unknown session', {
      accept: 'text/event-stream',
      'acp-session-id': 'new',
    });
    await unknown.body?.cancel();
  }

  async #ends() {
    await this.ask('DELETE', 'DELETE without a connection', { 'acp-connection-id': undefined });
    await this.ask('DELETE', 'DELETE of an unknown one', { 'acp-connection-id': 'unknown' });
    await this.ask('DELETE', 'DELETE', {});
    await this.ask('DELETE', 'DELETE again', {});
    await this.post('a message to what has ended', { jsonrpc: '2.0', method: '_own/note' });
  }

  async post(
    name: string,
    body: unknown,
    headers: Readonly<Record<string, string>> = {},
    connection = this.#connection,
  ) {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const answer = await this.ask(
      'POST',
      name,
      {
        'content-type': 'application/json',
        ...(connection === '' ? { 'acp-connection-id': undefined } : { 'acp-connection-id': connection }),
        ...headers,
      },
      text,
    );
    if (name === 'initialize') this.#connection = answer.headers.get('acp-connection-id') ?? '';
  }

  async ask(
    method: string,
    name: string,
    headers: Readonly<Record<string, string | undefined>>,
    body?: string,
  ): Promise<Response> {
    const sent = Object.entries({ 'x-api-key': KEY, 'acp-connection-id': this.#connection, ...headers });
    const answer = await fetch(this.#url, {
      method,
      headers: Object.fromEntries(sent.filter((header): header is [string, string] => header[1] !== undefined)),
      ...(body !== undefined && { body }),
    });
    if (name in this.transcript) throw new Error(`two steps have the name ${name}`);
    this.transcript[name] = await transcribed(answer);
    return answer;
  }

  #stream(headers: Readonly<Record<string, string>> = {}): Promise<EventReader> {
    return EventReader.open(this.#url, { 'x-api-key': KEY, 'acp-connection-id': this.#connection, ...headers });
  }
}

async function transcribed(answer: Response): Promise<Answer> {
  const { status } = answer;
  const connected = answer.headers.has('acp-connection-id') ? { connected: true } : {};
  const type = answer.headers.get('content-type')?.split(';')[0];
  if (type === 'text/event-stream' || status >= 300) return { status, ...connected };
  const text = await answer.text();
  if (text === '') return { status, ...connected };
  const { transport_kind: metadata, id, error, result } = fieldsOf(JSON.parse(text));
  const body =
    metadata !== undefined ? 'metadata' : error === undefined ? { id, result } : { id, error: fieldsOf(error)['code'] };
  return { status, body, ...connected };
}

const dataOf = async (stream: EventReader, count: number): Promise<unknown[]> =>
  (await stream.events(count)).map(({ data }: StreamEvent) => data);

/** As a raw stream of messages, which is what the SDK's server takes an agent to be. */
const connector = (): AgentConnector => ({
  connect({ readable, writable }) {
    const writer = writable.getWriter();
    const client = { send: (message: object) => void writer.write(message as AnyMessage) };
    const read = async () => {
      for await (const message of readable) agent(message as object as Fields, client);
    };
    read().catch(() => {});
    return undefined;
  },
});

const agent: typeof echoAgent = (message, client) => {
  if (message['id'] === 'refuse')
    client.send({ jsonrpc: '2.0', id: 'refuse', error: { code: -32_000, message: 'Authentication required' } });
  else echoAgent(message, client);
};

let theirs: Transcript = {};
let ours: Transcript = {};

beforeAll(async () => {
  const server = new AcpServer({ createAgent: connector });
  // Not Bun.serve, which holds the head of a stream back until there is something in it.
  const listener = createServer(createNodeHttpHandler(server)).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  theirs = await new Script(`http://127.0.0.1:${(listener.address() as AddressInfo).port}/`).run();
  await server.close();
  listener.closeAllConnections();
  listener.close();
});

let world: DoorWorld | undefined;

beforeAll(async () => {
  world = new DoorWorld({ agent });
  ours = await new Script(`${world.url}/acp`).run();
});
afterAll(async () => world?.[Symbol.asyncDispose]());

test('the transcripts are the same', () => {
  const isMeant = (name: string) => name in DEPARTURES;
  const rest = (transcript: Transcript) =>
    Object.fromEntries(Object.entries(transcript).filter(([name]) => !isMeant(name)));
  expect(Object.keys(theirs).length).toBeGreaterThan(50);
  expect(rest(ours)).toEqual(rest(theirs));
});

test.each(Object.entries(DEPARTURES))('%s: what differs', (name, departure) => {
  expect({ theirs: theirs[name], ours: ours[name] }).toEqual({ theirs: departure.theirs, ours: departure.ours });
});
