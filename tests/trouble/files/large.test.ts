/** Files larger than any memory that the server may take for them: up, down, slowly, and left in the middle. */
import { describe, expect, test } from 'bun:test';
import { statSync, truncateSync, writeFileSync } from 'node:fs';
import { executable } from '../../support/doors.ts';
import { Rig } from '../../support/rig.ts';
import { FastFolder, onLinuxExecutable, openFiles, pathQuery, plain, residentMib } from './world.ts';
import { waitFor } from '../../support/wait.ts';

const MIB = 1024 * 1024;
const DOWN = 2048 * MIB;
const UP = 512 * MIB;
/** Far less than what went through it. */
const GROWTH_MIB = 128;
/** A reader that is slower than the server looks up so often. */
const PAUSE_BYTES = 64 * MIB;

onLinuxExecutable('large files', (program) =>
  describe('large files', () => {
    test('the memory of the server does not grow with them', async () => {
      await using rig = await Rig.start(executable(program));
      using folder = new FastFolder();
      const path = folder.at('large');
      writeFileSync(path, '');
      // Of no blocks: what is tried is what goes through the server.
      truncateSync(path, DOWN);
      let most = 0;
      const look = () => (most = Math.max(most, residentMib(rig)));

      const down = async (bytes: number, pause: () => Promise<void>) => {
        const reader = (await plain(rig, `/files?${pathQuery(path)}`)).body?.getReader();
        let [got, paused] = [0, 0];
        for (let next = await reader?.read(); next?.done === false; next = await reader?.read()) {
          got += next.value.length;
          if (got - paused >= PAUSE_BYTES) {
            paused = got;
            look();
            await pause();
          }
          if (got >= bytes) break;
        }
        await reader?.cancel();
        look();
        return got;
      };
      const piece = new Uint8Array(MIB).fill(7);
      const up = async (bytes: number) => {
        let sent = 0;
        const body = new ReadableStream<Uint8Array>({
          pull(controller) {
            if (sent === bytes) return controller.close();
            sent += piece.length;
            if (sent % PAUSE_BYTES === 0) look();
            controller.enqueue(piece);
          },
        });
        const put = await plain(rig, `/files?${pathQuery(folder.at('up'))}`, { method: 'PUT', body });
        expect([put.ok, statSync(folder.at('up')).size]).toEqual([true, bytes]);
        look();
      };
      // Buffers that it keeps, and compiled code, come with the first of them.
      await down(4 * PAUSE_BYTES, async () => {});
      await up(PAUSE_BYTES);
      const [base, files] = [residentMib(rig), openFiles(rig).length];
      most = base;

      expect(await down(DOWN, async () => {})).toBe(DOWN);
      // Whatever it reads ahead it has read by then.
      await down(4 * PAUSE_BYTES, async () => {
        await Bun.sleep(50);
        look();
      });
      for (let turn = 0; turn < 10; turn += 1) await down(MIB, async () => {});

      await up(UP);
      expect(most - base).toBeLessThan(GROWTH_MIB);
      await waitFor('its files to be closed', () => openFiles(rig).length <= files);
      expect((await plain(rig, '/health')).status).toBe(200);
    }, 180_000);
  }),
);
