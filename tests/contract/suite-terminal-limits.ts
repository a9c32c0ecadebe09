/** Terminals: what is refused, and how many there may be for how long. */
import { describe, expect, test } from 'bun:test';
import type { TerminalResource } from '../../src/protocol/terminal.ts';
import type { Door } from '../support/doors.ts';
import { Rig } from '../support/rig.ts';
import { sharedRig } from './shared-rig.ts';
import { linesFor, openTerminal } from './terminal-lines.ts';

export function terminalLimitsSuite(door: Door): void {
  describe('terminals: what is refused', () => {
    const rig = sharedRig(door);

    const wrong: [string, Record<string, unknown>, string | RegExp][] = [
      ['an empty name', { name: '' }, /^name /],
      ['a name of two dots', { name: '..' }, 'name may not be "." or ".."'],
      ['a name like an id', { name: '0123456789ab' }, 'name may not look like an id: 12 hex digits'],
      ['a name that moves the cursor', { name: 'a\u001b[2J' }, 'name may not contain control characters'],
      ['a long name', { name: 'n'.repeat(65) }, /^name /],
      ['a number for a name', { name: 5 }, /^name /],
      ['a number for a shell', { shell: 5 }, /^shell /],
      ['a shell that is not there', { shell: 'not-a-shell' }, 'there is no such program: not-a-shell'],
      ['arguments as a text', { args: '-c x' }, /^args /],
      ['a number among the arguments', { args: [1] }, /^args/],
      ['a folder that is not there', { workdir: '/not/there' }, /^workdir is not a folder: /],
      ['a number for a folder', { workdir: 1 }, /^workdir /],
      ['variables as a list', { env: ['A=B'] }, 'env must be an object of string key/value pairs'],
      ['a variable without a name', { env: { '': 'x' } }, 'env: a name may not be empty or contain "="'],
      ['columns as a text', { cols: '80' }, /^cols /],
      ['half a row', { rows: 24.5 }, /^rows /],
      ['NUL in a folder', { workdir: '/tmp\u0000' }, 'a string contains a NUL character'],
    ];
    test.each(wrong)('%s: 400 with a sentence', async (_what, fields, error) => {
      const before = (await rig().get<unknown[]>('/terminals')).length;
      const { status, body } = await rig().ask('/terminals', { json: { shell: linesFor(rig()).shell, ...fields } });
      expect(status).toBe(400);
      expect(body).toEqual({ error: typeof error === 'string' ? error : expect.stringMatching(error) });
      expect((await rig().get<unknown[]>('/terminals')).length).toBe(before);
    });

    test('other bodies and parameters that are none: 400', async () => {
      const { id } = await openTerminal(rig());
      for (const [path, json] of [
        ['input', {}],
        ['input', { data: 5 }],
        ['input', { data: null }],
        ['input', { data: '\ud800' }],
        ['resize', {}],
        ['resize', { cols: 80 }],
        ['resize', { cols: '80', rows: 24 }],
        ['resize', { cols: 80.5, rows: 24 }],
      ] as const) {
        const { status } = await rig().ask(`/terminals/${id}/${path}`, { json });
        expect({ path, json, status }).toEqual({ path, json, status: 400 });
      }
      for (const query of ['since=-1', 'since=x', 'since=', 'wait=31', 'wait=-1', 'wait=x', 'since=1e3']) {
        expect({ query, ...(await rig().ask(`/terminals/${id}/output?${query}`)) }).toMatchObject({
          query,
          status: 400,
        });
      }
    });
  });

  describe('the limits of terminals', () => {
    test('a name once, and so many terminals at once', async () => {
      await using rig = await Rig.start(door, { flags: { 'max-terminals': '1' } });
      const { id } = await openTerminal(rig, { name: 'only' });
      expect(await rig.ask('/terminals', { json: {} })).toMatchObject({
        status: 409,
        body: { error: 'Max terminals (1) reached' },
      });
      await rig.ask(`/terminals/${id}`, { method: 'DELETE' });
      expect((await openTerminal(rig, { name: 'only' })).status).toBe('running');
      await using roomy = await Rig.start(door);
      await openTerminal(roomy, { name: 'twice' });
      expect(await roomy.ask('/terminals', { json: { name: 'twice' } })).toMatchObject({
        status: 409,
        body: { error: 'there is already a terminal named twice' },
      });
    });

    test('one that nobody uses for long enough is ended, and its record stays', async () => {
      await using rig = await Rig.start(door, { flags: { 'terminal-keep': '0.3' } });
      const { id } = await openTerminal(rig, { name: 'left alone' });
      const found = await rig.waitFor('its end', async () => {
        const one = await rig.get<TerminalResource>(`/terminals/${id}`);
        return one.status === 'exited' ? one : undefined;
      });
      expect(found.name).toBe('left alone');
    });
  });
}
