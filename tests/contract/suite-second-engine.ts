/** The contract's terminals once more, opened by the second engine: a client must not notice which one it is. */
import { describe, expect, test } from 'bun:test';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Door } from '../support/doors.ts';
import { Rig } from '../support/rig.ts';
import { terminalAttachSuite } from './suite-terminal-attach.ts';
import { terminalLimitsSuite } from './suite-terminal-limits.ts';
import { terminalProgramsSuite } from './suite-terminal-programs.ts';
import { terminalSocketSuite } from './suite-terminal-socket.ts';
import { terminalsSuite } from './suite-terminals.ts';
import { linesFor, openTerminal, readUntil } from './terminal-lines.ts';

const BY_BUN_PTY = { 'pty-engine': 'bun-pty' };

export function secondEngineSuite(door: Door): void {
  const byBunPty: Door = {
    ...door,
    open: (place) => door.open({ ...place, flags: { ...BY_BUN_PTY, ...place.flags } }),
  };
  describe(`terminals by bun-pty, ${door.name}`, () => {
    terminalsSuite(byBunPty);
    terminalLimitsSuite(byBunPty);
    terminalProgramsSuite(byBunPty);
    terminalSocketSuite(byBunPty);
    terminalAttachSuite(byBunPty);
  });
}

/** For an executable, which holds the library as an embedded file. */
export function embeddedLibrarySuite(door: Door): void {
  describe(`the library of bun-pty, ${door.name}`, () => {
    /** What is in the library's folder after two terminals, each file with its inode and mode. */
    async function written(rig: Rig): Promise<readonly (readonly [name: string, inode: number, mode: string])[]> {
      for (let count = 0; count < 2; count += 1) {
        const { id } = await openTerminal(rig);
        const { sum, enter } = linesFor(rig);
        await rig.post(`/terminals/${id}/input`, { data: `${sum(1_000_000, 234_567)}${enter}` });
        await readUntil(rig, id, '1234567');
        await rig.ask(`/terminals/${id}`, { method: 'DELETE' });
      }
      const folder = join(rig.place.data, 'terminals', 'bun-pty');
      if (!existsSync(folder)) return [];
      return ['.', ...readdirSync(folder)].map((name) => {
        const { ino, mode } = statSync(join(folder, name));
        return [name, ino, (mode & 0o777).toString(8)];
      });
    }

    test('is written when the first terminal is opened, once, and for its owner alone', async () => {
      await using rig = await Rig.start(door, { flags: BY_BUN_PTY });
      expect(existsSync(join(rig.place.data, 'terminals', 'bun-pty'))).toBe(false);
      const first = await written(rig);
      expect(first).toHaveLength(2);
      expect(first[1]?.[0]).toMatch(/^bun-pty-[0-9a-f]{16}\.(so|dylib|dll)$/);
      if (door.platform === 'posix') expect(first.map(([, , mode]) => mode)).toEqual(['700', '600']);
      // The next server finds it.
      await rig.restart();
      expect(await written(rig)).toEqual(first);
    });

    test('is not written for the default engine', async () => {
      await using rig = await Rig.start(door);
      expect(await written(rig)).toEqual([]);
    });
  });
}
