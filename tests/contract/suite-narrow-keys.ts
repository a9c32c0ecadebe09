/** The stories of work, told by callers whose keys may do that and no more; and the sockets of such keys. */
import { describe, expect, test } from 'bun:test';
import type { Scope } from '../../src/protocol/scope.ts';
import type { Door } from '../support/doors.ts';
import { narrowDoor } from '../support/narrow-door.ts';
import { TerminalClient } from '../support/terminal-client.ts';
import { sharedRig } from './shared-rig.ts';
import { agentTurnsSuite } from './suite-agent-turns.ts';
import { followSuite } from './suite-follow.ts';
import { jobsSuite } from './suite-jobs.ts';
import { addKey } from './suite-keys.ts';
import { calculates, linesOf, openTerminal } from './terminal-lines.ts';

export function narrowKeysSuite(door: Door): void {
  describe('with a key for observe and run', () => {
    jobsSuite(narrowDoor(door, ['observe', 'run']));
    followSuite(narrowDoor(door, ['observe', 'run']));
  });
  describe('with a key for observe and agents', () => {
    agentTurnsSuite(narrowDoor(door, ['observe', 'agents']));
  });
}

/** Doors with a port alone. */
export function narrowSocketsSuite(door: Door): void {
  describe('3 sockets of keys', () => {
    const rig = sharedRig(door, { flags: { 'terminal-shell': linesOf(door.platform).shell } });
    const open = (key: string, query = '') =>
      TerminalClient.open(`${rig().url}/terminal${query}`, { headers: { 'X-API-Key': key } });
    const ticketOf = async (key: string) =>
      ((await rig().ask('/tickets', { method: 'POST', key })).body as { readonly ticket: string }).ticket;
    const byTicket = (ticket: string, query = '') =>
      TerminalClient.open(`${rig().url}/terminal?ticket=${ticket}${query}`);

    const refusals: readonly [string, readonly Scope[]][] = [
      ['looks only', ['observe']],
      ['does not even look', ['files:read']],
    ];
    test.each(refusals)('a key that %s opens no terminal: close code 1008', async (_what, scopes) => {
      using client = await open((await addKey(rig(), scopes)).key);
      expect(await client.closed).toMatchObject({ code: 1008 });
      expect(client.controls).toEqual([{ type: 'error', message: 'this API key does not have the scope run' }]);
    });

    test('one that looks watches a terminal and types nothing; a ticket may no more than the key that it is for', async () => {
      const { id } = await openTerminal(rig());
      const looks = await addKey(rig(), ['observe']);
      const query = `&attach=${id}`;
      using watching = await byTicket(await ticketOf(looks.key), `${query}&readonly=1`);
      await watching.told('attached');
      watching.type('x');
      expect(await watching.told('error')).toMatchObject({ message: 'this socket is read-only' });
      using typing = await byTicket(await ticketOf(looks.key), query);
      expect(await typing.closed).toMatchObject({ code: 1008 });
      const runs = await addKey(rig(), ['observe', 'run']);
      using allowed = await byTicket(await ticketOf(runs.key), query);
      await calculates(rig(), allowed);
    });

    const ends: readonly [string, 'DELETE' | 'POST', string][] = [
      ['deleted', 'DELETE', ''],
      ['rotated', 'POST', '/rotate'],
    ];
    test.each(ends)(
      'a key that is %s takes its sockets with it (3401), and its tickets',
      async (_what, method, path) => {
        const { id, key } = await addKey(rig(), ['observe', 'run']);
        const kept = await openTerminal(rig());
        using own = await open(key);
        using other = await open(rig().key);
        using attached = await byTicket(await ticketOf(key), `&attach=${kept.id}`);
        for (const client of [own, other, attached]) await calculates(rig(), client);
        const unused = await ticketOf(key);
        expect((await rig().ask(`/keys/${id}${path}`, { method })).status).toBe(200);
        const ended = { code: 3401, reason: 'API key is no longer valid' };
        expect(await own.closed).toEqual(ended);
        expect(await attached.closed).toEqual(ended);
        using late = await byTicket(unused);
        expect(await late.closed).toEqual({ code: 3401, reason: 'Invalid API key' });
        await calculates(rig(), other);
        other.close();
        await other.closed;
        // What outlives its sockets outlives the key: it belongs to the server.
        expect(await rig().get(`/terminals/${kept.id}`)).toMatchObject({ status: 'running' });
        await rig().ask(`/terminals/${kept.id}`, { method: 'DELETE' });
        await rig().waitFor(
          'no terminal of a socket',
          async () => (await rig().get<unknown[]>('/terminals')).length <= 1,
        );
      },
    );

    test('a key whose time is over takes its sockets with it', async () => {
      // On a machine that is busy a short time may be over before the socket is open: then it gets a longer one.
      const storyOf = async (expires: number): Promise<string> => {
        const { key } = await addKey(rig(), ['run'], { expires });
        using client = await open(key);
        const { code, reason } = await client.closed;
        expect(code).toBe(3401);
        return reason === 'Invalid API key' ? await storyOf(expires * 2) : reason;
      };
      expect(await storyOf(0.5)).toBe('API key is no longer valid');
    });
  });
}
