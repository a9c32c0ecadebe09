/** The machine: `GET /system` and its events. Every answer is also held against its shape by the rig. */
import { describe, expect, test } from 'bun:test';
import type { System, SystemEvent } from '../../src/protocol/system.ts';
import type { Door } from '../support/doors.ts';
import { readEvents } from '../support/rig-events.ts';
import { sharedRig } from './shared-rig.ts';
import { addKey } from './suite-keys.ts';

export function systemSuite(door: Door): void {
  describe('the machine', () => {
    const rig = sharedRig(door);

    /** Events until so many have come. */
    async function events(count: number, query = '', headers: Record<string, string> = {}) {
      const abort = new AbortController();
      const response = await rig().request(`/system/events${query}`, { headers, signal: abort.signal });
      expect(response.headers.get('content-type')).toStartWith('text/event-stream');
      let seen = 0;
      return readEvents(
        response,
        () => (seen += 1) === count,
        () => abort.abort(),
      );
    }

    test('GET /system says what it is, and how busy', async () => {
      const system = await rig().get<System>('/system');
      const { cpu, memory, disks, os, user, server } = system;
      expect(system.hostname).not.toBe('');
      expect(os).toMatchObject({ name: expect.stringMatching(/\w/), kernel: expect.stringMatching(/\d/) });
      expect(cpu.cores).toBeGreaterThan(0);
      expect(cpu.perCore).toHaveLength(cpu.cores);
      for (const usage of [cpu.usage, ...cpu.perCore]) expect(usage >= 0 && usage <= 100).toBe(true);
      expect(memory.total).toBeGreaterThan(64 * 1024 * 1024);
      expect(memory.used + memory.available).toBe(memory.total);
      const known = disks.filter(({ total }) => total !== null);
      expect(known.length).toBeGreaterThan(0);
      for (const { total, free } of known) expect(free ?? Infinity).toBeLessThanOrEqual(total ?? 0);
      expect(user.name).not.toBe('');
      expect(server.memory).toBeGreaterThan(1024 * 1024);
      expect(system.bootedAt + system.uptime - system.time).toBeLessThan(2);
      expect(system.bootedAt).toBeLessThan(system.time);
      expect(system.shells).toEqual(
        Object.entries((await rig().get<{ shells: object }>('/health')).shells).flatMap(([name, is]) =>
          is === true ? [name] : [],
        ),
      );
      expect(system).not.toHaveProperty('tools');
    });

    test('tools are looked up where they are asked for', async () => {
      const { tools } = await rig().get<System>('/system?tools=1');
      expect(Object.keys(tools ?? {})).toContain('git');
      for (const version of Object.values(tools ?? {})) expect(version === null || /^\d+\.\d/.test(version)).toBe(true);
    });

    test('events: one at once, then one each interval; the numbers go on after Last-Event-ID', async () => {
      const found = await events(2, '?interval=1');
      expect(found.map(({ id, event }) => [id, event])).toEqual([
        [1, 'system'],
        [2, 'system'],
      ]);
      const [first] = found.map(({ data }) => data as unknown as SystemEvent);
      expect(first?.cpu.perCore.length).toBeGreaterThan(0);
      expect(first?.disks.length).toBeGreaterThan(0);
      expect((await events(1, '', { 'last-event-id': '7' }))[0]?.id).toBe(8);
    });

    test('events count jobs and terminals', async () => {
      const counts = async () => {
        const [first] = await events(1);
        return { jobs: first?.data['jobs'], terminals: first?.data['terminals'] };
      };
      expect(await counts()).toEqual({ jobs: 0, terminals: 0 });
      const job = await rig().exec(rig().commands.hang(rig().marker()));
      await rig().running(job);
      expect(await counts()).toEqual({ jobs: 1, terminals: 0 });
    });

    test.each([
      ['/system?tools=2', 'tools must be one of 0, 1'],
      ['/system?tool=1', 'there is no parameter "tool"'],
      ['/system/events?interval=0', 'interval must be a whole number from 1 to 60'],
      ['/system/events?interval=61', 'interval must be a whole number from 1 to 60'],
      ['/system/events?tools=1', 'there is no parameter "tools"'],
    ])('%s: 400, %s', async (path, error) => {
      expect(await rig().ask(path)).toMatchObject({ status: 400, body: { error } });
    });

    test('both need the scope observe', async () => {
      const { key } = await addKey(rig(), ['run']);
      for (const path of ['/system', '/system/events'])
        expect(await rig().ask(path, { key })).toMatchObject({ status: 403, body: { scope: 'observe' } });
    });
  });
}
