/** acp-doors: agents of this machine, used by clients elsewhere, with a real broker and a real process behind the wire. */
import { describe, expect, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Door } from '../support/doors.ts';
import { RawWebSocket } from '../support/raw-web-socket.ts';
import type { Ask, Rig } from '../support/rig.ts';
import { AcpremoteClient } from '../http/acp/acpremote-client.ts';
import { EventReader } from '../http/acp/event-reader.ts';
import { useDoor } from '../http/acp/sdk-client.ts';
import { INITIALIZE, prompt } from '../http/acp/world.ts';
import { sharedRig } from './shared-rig.ts';
import { addKey } from './suite-keys.ts';

type Message = Readonly<Record<string, unknown>>;

const PERMISSION = '[[permission execute|-|ls|List]]';
const ALLOWED = { outcome: { outcome: 'selected', optionId: 'allow' } };

/** A server whose default agent is the scripted one. */
const withAgent = (door: Door) =>
  sharedRig(door, {
    flags: { 'acp-agent': 'scripted', 'agent-grace': '0.5' },
    prepare(home) {
      const command = [...door.agent().matchAll(/"([^"]*)"/g)].map(([, word]) => word);
      writeFileSync(join(home, '..', 'data', 'config.json'), JSON.stringify({ agents: { scripted: { command } } }));
    },
  });

const cwdOf = (rig: Rig) => rig.door.nativePath(rig.place.cwd);

const newSession = (rig: Rig, id: number) => ({
  jsonrpc: '2.0',
  id,
  method: 'session/new',
  params: { cwd: cwdOf(rig), mcpServers: [] },
});

/** Of the answer that made a session. */
const sessionIn = (answer: Message | undefined): string =>
  (answer as { result: { sessionId: string } }).result.sessionId;

/** What the agent says in an update; undefined for other messages. */
function saidIn({ params }: Message): string | undefined {
  const { update } = (params ?? {}) as { update?: { sessionUpdate: string; content?: { text?: string } } };
  return update?.sessionUpdate === 'agent_message_chunk' ? update.content?.text : undefined;
}

export function acpDoorsSuite(door: Door): void {
  describe('door A over HTTP', () => {
    const rig = withAgent(door);
    const ask = (given: Ask) => rig().request('/acp', given);

    /** A connection, and what it takes to use it. */
    async function connect() {
      const answer = await ask({ json: INITIALIZE });
      expect(answer.status).toBe(200);
      const id = answer.headers.get('acp-connection-id') ?? '';
      const headers = { 'acp-connection-id': id };
      const post = async (json: object, session?: string) => {
        const posted = await ask({
          json,
          headers: { ...headers, ...(session !== undefined && { 'acp-session-id': session }) },
        });
        expect(posted.status).toBe(202);
      };
      const stream = (more: Readonly<Record<string, string>> = {}) =>
        EventReader.ask((init) => ask(init), { ...headers, ...more });
      return { id, headers, post, stream, initialized: (await answer.json()) as Message };
    }

    /** Messages up to the one that is wanted. */
    async function until(stream: EventReader, isIt: (message: Message) => boolean): Promise<Message[]> {
      const messages: Message[] = [];
      for (;;) {
        const [event] = await stream.events(1);
        const message = event?.data as Message;
        messages.push(message);
        if (isIt(message)) return messages;
      }
    }

    test('a session: made, prompted, asked for a permission, resumed, and left to go on', async () => {
      const { headers, post, stream, initialized } = await connect();
      expect(initialized).toMatchObject({ id: 0, result: { agentCapabilities: { loadSession: true } } });
      using whole = await stream();
      await post(newSession(rig(), 1));
      const [made] = await until(whole, ({ id }) => id === 1);
      const sessionId = sessionIn(made);
      using session = await stream({ 'acp-session-id': sessionId });
      await post(prompt(sessionId, `[[say one]]${PERMISSION}`, 'two'), sessionId);
      const before = await until(session, ({ method }) => method === 'session/request_permission');
      expect(before.map(saidIn)).toContain('one');
      const { id } = before.at(-1) as { id: number };
      const answer = { jsonrpc: '2.0', id, result: ALLOWED };
      // Of a request of the session's stream.
      const unnamed = await ask({ json: answer, headers });
      expect([unnamed.status, await unnamed.json()]).toEqual([400, { error: 'the header Acp-Session-Id is missing' }]);
      await post(answer, sessionId);
      const after = await until(session, (message) => message['id'] === 'two');
      expect(after.at(-1)).toMatchObject({ result: { stopReason: 'end_turn' } });
      expect(after.map(saidIn).join('')).toContain('permission: selected allow');
      // All of it again, under the same numbers.
      using again = await stream({ 'acp-session-id': sessionId, 'last-event-id': '0' });
      const replayed = await until(again, (message) => message['id'] === 'two');
      expect(replayed).toEqual([...before, ...after]);
      expect(await session.next()).toBeUndefined();
      // Of the session by its header alone: that is where it is answered.
      await post({ jsonrpc: '2.0', id: 'own', method: '_own/what', params: {} }, sessionId);
      expect(await until(again, (message) => message['id'] === 'own')).toMatchObject([{ error: { code: -32_601 } }]);
      const ended = await ask({ method: 'DELETE', headers });
      expect(ended.status).toBe(202);
      expect(await again.next()).toBeUndefined();
      // The session is a record like any other, and goes on.
      const records = await rig().get<{ acpSessionId: string; state: string }[]>('/agents/sessions');
      expect(records.find(({ acpSessionId }) => acpSessionId === sessionId)).toMatchObject({ state: 'idle' });
    });

    test('a session of one connection is loaded by another: history first, then the answer', async () => {
      const first = await connect();
      using made = await first.stream();
      await first.post(newSession(rig(), 1));
      const [answer] = await until(made, ({ id }) => id === 1);
      const sessionId = sessionIn(answer);
      using followed = await first.stream({ 'acp-session-id': sessionId });
      await first.post(prompt(sessionId, 'hello', 2), sessionId);
      await until(followed, ({ id }) => id === 2);
      const second = await connect();
      using whole = await second.stream();
      using session = await second.stream({ 'acp-session-id': sessionId });
      const params = { sessionId, cwd: cwdOf(rig()), mcpServers: [] };
      await second.post({ jsonrpc: '2.0', id: 'load', method: 'session/load', params }, sessionId);
      const history = await until(session, (message) => saidIn(message) === 'echo: hello');
      expect(history.map(({ method }) => method)).toContain('session/update');
      await until(whole, ({ id }) => id === 'load');
    });

    test('what is refused is refused by its status, and in JSON', async () => {
      const { headers } = await connect();
      const note = { jsonrpc: '2.0', method: '_own/note' };
      const of = async (path: string, given: Ask) => {
        const { status, body } = await rig().ask(path, given);
        expect(body).toMatchObject({ error: expect.any(String) });
        return status;
      };
      expect(await of('/acp', { json: note })).toBe(400);
      expect(await of('/acp', { json: [note], headers })).toBe(501);
      expect(await of('/acp', { body: '{', headers: { ...headers, 'content-type': 'application/json' } })).toBe(400);
      expect(await of('/acp', { body: '{}', headers: { ...headers, 'content-type': 'text/plain' } })).toBe(415);
      expect(await of('/acp', { json: note, headers: { 'acp-connection-id': 'x' } })).toBe(404);
      expect(await of('/acp/none', { json: INITIALIZE })).toBe(404);
      expect(await of('/acp?agent=scripted&host=mine', { json: INITIALIZE })).toBe(400);
      expect(await of('/acp', { headers: { ...headers, accept: 'application/json' } })).toBe(406);
      expect(await of('/acp', { method: 'PUT' })).toBe(405);
      expect(await of('/acp/ws', {})).toBe(426);
      for (const method of ['GET', 'POST', 'DELETE']) expect(await of('/acp', { method, key: 'wrong' })).toBe(401);
      const { key } = await addKey(rig(), ['observe', 'run']);
      expect(await of('/acp', { json: INITIALIZE, key })).toBe(403);
    });

    test('a cwd that is none here is -32602, with the folder that clients are to work in', async () => {
      const { post, stream } = await connect();
      using whole = await stream();
      await post({ ...newSession(rig(), 1), params: { cwd: '/no/such/folder/of/the/editor', mcpServers: [] } });
      const [refused] = await until(whole, ({ id }) => id === 1);
      expect(refused).toMatchObject({
        error: { code: -32_602, data: { cwd: '/no/such/folder/of/the/editor', remoteCwd: cwdOf(rig()) } },
      });
    });

    test('the metadata of door B, and /healthz', async () => {
      const { body } = await rig().ask('/acp/scripted');
      expect(body).toMatchObject({
        metadata_path: '/acp/scripted',
        websocket_path: '/acp/scripted/ws',
        supported_agent_families: ['scripted'],
        remote_cwd: cwdOf(rig()),
      });
      const health = await rig().request('/healthz', { key: null });
      expect([health.status, await health.text()]).toEqual([200, 'ok\n']);
    });
  });
}

/** Doors with a port alone. */
export function acpSocketsSuite(door: Door): void {
  describe('the sockets of doors A and B', () => {
    const rig = withAgent(door);
    const socketUrl = () => rig().url.replace('http', 'ws');
    const withKey = () => ({ 'X-API-Key': rig().key });

    const send = (socket: RawWebSocket, message: object) => socket.sendText(JSON.stringify(message));
    const messages = (socket: RawWebSocket) => socket.texts.map((text) => JSON.parse(text) as Message);
    const answered = (socket: RawWebSocket, wanted: unknown) =>
      rig().waitFor(`the answer to ${String(wanted)}`, () =>
        messages(socket).find(({ id, method }) => id === wanted && method === undefined),
      );

    async function open(headers = withKey()) {
      const socket = await RawWebSocket.open(`${socketUrl()}/acp`, { headers });
      send(socket, INITIALIZE);
      await answered(socket, 0);
      send(socket, newSession(rig(), 1));
      const sessionId = sessionIn(await answered(socket, 1));
      return { socket, sessionId, connection: socket.header('Acp-Connection-Id') ?? '' };
    }

    const resume = (connection: string, frames: number) =>
      RawWebSocket.open(`${socketUrl()}/acp`, {
        headers: { ...withKey(), 'Acp-Connection-Id': connection, 'Acp-Received-Frames': String(frames) },
      });

    test('a line that breaks in a turn again and again costs nothing but time', async () => {
      const { socket, sessionId, connection } = await open();
      send(socket, prompt(sessionId, '[[updates 40]][[slow 2]]', 2));
      const all = socket.texts.splice(0);
      let current = socket;
      for (let cuts = 0; cuts < 5; cuts += 1) {
        await rig().waitFor('more of it', () => current.texts.length > 0);
        current.vanish();
        all.push(...current.texts);
        current = await resume(connection, all.length);
        expect([current.status, current.header('Acp-Received-Frames')]).toEqual([101, '3']);
      }
      await answered(current, 2);
      all.push(...current.texts);
      current.close();
      const said = all.map((text) => saidIn(JSON.parse(text) as Message) ?? '').join('');
      expect(said).toContain(Array.from({ length: 40 }, (_, n) => `update ${n} `).join(''));
      expect(new Set(all).size).toBe(all.length);
    });

    test('a permission that was asked for before the line broke is answered after it', async () => {
      const { socket, sessionId, connection } = await open();
      send(socket, prompt(sessionId, PERMISSION, 2));
      const { id } = await rig().waitFor('the question', () =>
        messages(socket).find(({ method }) => method === 'session/request_permission'),
      );
      socket.vanish();
      using again = await resume(connection, socket.texts.length);
      send(again, { jsonrpc: '2.0', id, result: ALLOWED });
      expect(await answered(again, 2)).toMatchObject({ result: { stopReason: 'end_turn' } });
      expect(messages(again).some(({ method }) => method === 'session/request_permission')).toBe(false);
    });

    test.each(['http', 'socket'] as const)('the SDK’s own client, over %s', async (transport) => {
      const url = transport === 'http' ? `${rig().url}/acp` : `${socketUrl()}/acp`;
      const seen = await useDoor(
        transport,
        url,
        { Authorization: `Bearer ${rig().key}` },
        {
          cwd: cwdOf(rig()),
          prompts: ['one', PERMISSION, '[[say two]]'],
        },
      );
      expect(seen).toMatchObject({ loadSession: true, asked: 1, stopReasons: ['end_turn', 'end_turn', 'end_turn'] });
      expect(seen.updates.join('')).toBe('echo: onepermission: selected allowtwo');
    });

    test('acpremote’s client: metadata, a session in the folder that it names, its end', async () => {
      using client = await AcpremoteClient.connect(`${socketUrl()}/acp/ws`, rig().key);
      const cwd = client.metadata?.['remote_cwd'];
      client.send({ id: 0, method: 'initialize', params: { protocolVersion: 1, clientCapabilities: {} } });
      await client.answer(0);
      client.send({ id: 1, method: 'session/new', params: { cwd, mcpServers: [] } });
      const sessionId = sessionIn(await client.answer(1));
      client.send(prompt(sessionId, '[[cwd]]', 2));
      expect(await client.answer(2)).toMatchObject({ result: { stopReason: 'end_turn' } });
      expect(client.messages().map(saidIn).join('')).toContain(`cwd=${cwdOf(rig())}`);
    });

    test('no socket without the key, or for an agent that is not there', async () => {
      const of = async (path: string, headers: Readonly<Record<string, string>>) => {
        using socket = await RawWebSocket.open(`${socketUrl()}${path}`, { headers });
        return [socket.status, socket.header('WWW-Authenticate')];
      };
      expect(await of('/acp', {})).toEqual([401, 'Bearer realm="agent-server"']);
      expect(await of('/acp/ws', {})).toEqual([401, 'Bearer realm="acpremote"']);
      expect(await of('/acp/none', withKey())).toEqual([404, undefined]);
      expect(await of('/acp/none/ws', withKey())).toEqual([404, undefined]);
      const { ticket } = await rig().post<{ ticket: string }>('/tickets');
      expect(await of(`/acp/none?ticket=${ticket}`, {})).toEqual([404, undefined]);
      expect((await of(`/acp?ticket=${ticket}`, {}))[0]).toBe(101);
      expect((await of(`/acp?ticket=${ticket}`, {}))[0]).toBe(401);
    });

    test('a key that is deleted takes its sockets and connections with it', async () => {
      const { id, key } = await addKey(rig(), ['agents']);
      const { socket, connection } = await open({ 'X-API-Key': key });
      await rig().request(`/keys/${id}`, { method: 'DELETE' });
      expect((await socket.closed).code).toBe(3401);
      using again = await resume(connection, 0);
      expect(again.status).toBe(404);
    });

    test('the agent dies: what was asked is answered with an error, then the socket closes with 1011', async () => {
      const { socket, sessionId } = await open();
      send(socket, prompt(sessionId, '[[die 3]]', 2));
      expect(await answered(socket, 2)).toMatchObject({ error: { code: expect.any(Number) } });
      expect(await socket.closed).toEqual({ code: 1011, reason: 'the agent has ended' });
    });

    // What asks a server to stop ends it at once on Windows.
    test.skipIf(door.platform !== 'posix')('the server goes down: 1001', async () => {
      const { socket } = await open();
      const stopped = rig().stop();
      expect((await socket.closed).code).toBe(1001);
      await stopped;
      await rig().restart();
    });
  });
}
