import { describe, expect, test } from 'bun:test';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Door } from '../support/doors.ts';
import { Rig } from '../support/rig.ts';

/** The policy of a server that names none. */
const DEFAULT = 'workdir, the default';

/** security.md: what the policies of an acp job allow, with files that are really there. */
export function acpPolicySuite(door: Door): void {
  describe('the policy of acp jobs', () => {
    const POLICIES: readonly [string, Readonly<Record<string, boolean>>][] = [
      [
        DEFAULT,
        { read: true, write: true, execute: true, editOutside: false, readOutside: false, writeOutside: false },
      ],
      [
        'read-only',
        { read: true, write: false, execute: false, editOutside: false, readOutside: false, writeOutside: false },
      ],
      ['deny-all', { execute: false, editOutside: false, readOutside: false, writeOutside: false, write: false }],
      ['allow-all', { read: true, write: true, execute: true, editOutside: true }],
    ];

    test.each(POLICIES)('--acp-policy %s', async (policy, allowed) => {
      await using rig = await Rig.start(door, { flags: policy === DEFAULT ? {} : { 'acp-policy': policy } });
      const outside = join(dirname(rig.place.cwd), 'outside.txt');
      writeFileSync(outside, 'secret');
      writeFileSync(rig.path('inside.txt'), 'public');
      const [native, away] = [rig.door.nativePath(rig.path('inside.txt')), rig.door.nativePath(outside)];
      const said = async (prompt: string) => (await rig.agents.run(prompt)).stdout;
      const tries: Readonly<Record<string, readonly [string, string]>> = {
        read: [`[[read ${native}]]`, 'read: public'],
        write: [`[[write ${rig.door.nativePath(rig.path('new.txt'))}|new]]`, 'written'],
        execute: [`[[permission execute|-|${rig.commands.print('x')}|Run]]`, 'permission: selected allow'],
        editOutside: [`[[permission edit|${away}|-|Edit inside.txt]]`, 'permission: selected allow'],
        readOutside: [`[[read ${away}]]`, 'read: secret'],
        writeOutside: [`[[write ${away}|overwritten]]`, 'written'],
      };
      const seen: Record<string, boolean> = {};
      for (const name of Object.keys(allowed)) {
        const [prompt, yes] = tries[name] ?? ['', ''];
        const answer = await said(prompt);
        if (answer !== yes) expect(answer).toMatch(/^(read|write) failed: -?\d+ .|^permission: selected reject$/);
        seen[name] = answer === yes;
      }
      expect(seen).toEqual(allowed);
      expect(existsSync(rig.path('new.txt'))).toBe(allowed['write'] ?? false);
      if (allowed['writeOutside'] === false) expect(readFileSync(outside, 'utf8')).toBe('secret');
    });

    test('a terminal is as confined as its folder', async () => {
      await using rig = await Rig.start(door, {});
      const command = rig.commands.print('x');
      const outside = rig.door.nativePath(dirname(rig.place.cwd));
      const prompt = `[[terminal-args ${JSON.stringify({ command, cwd: outside })}]]`;
      const { stdout, events } = await rig.agents.run(prompt);
      expect(stdout).toMatch(/^terminal failed: -\d+ \w/);
      expect(events?.some(({ type }) => type === 'terminal_run')).toBe(false);
      const here = rig.door.nativePath(rig.place.cwd);
      const inside = await rig.agents.run(`[[terminal-args ${JSON.stringify({ command, cwd: here })}]]`);
      expect(inside.stdout.replaceAll('\r', '')).toBe('terminal: exit 0: x\n');
    });

    test('options are chosen by their kind, whatever they are called', async () => {
      await using rig = await Rig.start(door);
      const flags = ['--option-ids', 'odd'];
      const run = async (prompt: string) => (await rig.agents.run(prompt, { flags })).stdout;
      expect(await run('[[permission edit|notes.txt]]')).toBe('permission: selected ');
      expect(await run('[[permission fetch|-|-|notes.txt]]')).toBe('permission: selected 1');
    });
  });
}
