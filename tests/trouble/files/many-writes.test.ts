/** Ten thousand writes, and a thousand at once: each is right, and nothing of them stays in the server. */
import { describe, expect, test } from 'bun:test';
import { readdirSync, readFileSync } from 'node:fs';
import { executable } from '../../support/doors.ts';
import { Rig } from '../../support/rig.ts';
import { waitFor } from '../../support/wait.ts';
import { descriptors, FastFolder, onLinuxExecutable, openFiles, pathQuery, plain, residentMib } from './world.ts';

const WRITES = 10_000;
const AT_ONCE = 1000;
/** A server that kept 8 KiB of each of the later writes would have grown by more. */
const GROWTH_MIB = 40;

onLinuxExecutable('many writes of files', (path) =>
  describe('many writes of files', () => {
    const bodyOf = (turn: number) => `${turn}:`.repeat(500);
    const put = async (rig: Rig, target: string, turn: number) => {
      const answer = await plain(rig, `/files?${pathQuery(target)}`, { method: 'PUT', body: bodyOf(turn) });
      const { size } = (await answer.json()) as { size?: number };
      return [answer.status, size];
    };

    test(`${WRITES} one after the other`, async () => {
      await using rig = await Rig.start(executable(path));
      using folder = new FastFolder();
      const write = async (from: number, to: number) => {
        for (let turn = from; turn < to; turn += 1) {
          const answer = await put(rig, folder.at(`file-${turn % 100}`), turn);
          expect(answer).toEqual([turn < 100 ? 201 : 200, bodyOf(turn).length]);
        }
      };
      // What any first requests make stay, such as compiled code, is not counted.
      await write(0, WRITES / 4);
      const [base, before] = [descriptors(rig), residentMib(rig)];
      await write(WRITES / 4, WRITES);
      await waitFor('its descriptors to be as they were', () => descriptors(rig) <= base);
      expect(residentMib(rig)).toBeLessThan(before + GROWTH_MIB);
      const names = readdirSync(folder.path);
      expect(names).toHaveLength(100);
      for (const name of names)
        expect(readFileSync(folder.at(name), 'utf8')).toBe(bodyOf(WRITES - 100 + Number(name.slice('file-'.length))));
    }, 120_000);

    test.each([
      ['each to a file of its own', AT_ONCE],
      ['all to one and the same file', 1],
    ])(
      `${AT_ONCE} at once, %s`,
      async (_which, files) => {
        await using rig = await Rig.start(executable(path));
        using folder = new FastFolder();
        await put(rig, folder.at('file-0'), 0);
        const base = openFiles(rig).length;
        const answers = await Promise.all(
          Array.from({ length: AT_ONCE }, (_, turn) => put(rig, folder.at(`file-${turn % files}`), turn)),
        );
        for (const [turn, [status, size]] of answers.entries())
          expect([status, size]).toEqual([turn % files === 0 ? 200 : 201, bodyOf(turn).length]);
        const names = readdirSync(folder.path);
        expect(names).toHaveLength(files);
        for (const name of names) {
          const content = readFileSync(folder.at(name), 'utf8');
          const turn = Number.parseInt(content, 10);
          expect([content, turn % files]).toEqual([bodyOf(turn), Number(name.slice('file-'.length))]);
        }
        await waitFor('its files to be closed', () => openFiles(rig).length <= base);
        expect((await plain(rig, '/health')).status).toBe(200);
      },
      120_000,
    );
  }),
);
