/** Real executables that update themselves on Windows: a running one is renamed, and what is locked is removed later. */
import { test } from 'bun:test';
import { win32 } from 'node:path';
import { updateStory } from '../support/update-story.ts';
import type { Machine } from '../support/update-world.ts';
import { labMissing, openLab, type Folder } from '../support/wine.ts';

const missing = labMissing();
if (missing === undefined) {
  const lab = await openLab();
  const folders = new Map<Machine, Folder>();
  updateStory({
    name: 'the Windows executable',
    open() {
      const folder = lab.folder();
      const native = (...names: string[]) => win32.join(folder.native, ...names);
      const machine: Machine = {
        target: process.arch === 'arm64' ? 'windows-arm64' : 'windows-x64',
        executableName: 'agent-server.exe',
        folder,
        native,
        // Wine has its own idea of LOCALAPPDATA, on the same drive.
        host: (path) => lab.host(path),
        start: (args, env) => lab.start(native('bin', 'agent-server.exe'), args, { env, cwd: folder }),
        end: async (pid) => void (await lab.start('taskkill.exe', ['/f', '/pid', String(pid)]).exited),
      };
      folders.set(machine, folder);
      return machine;
    },
    close(machine) {
      const folder = folders.get(machine);
      if (folder !== undefined) lab.clear(folder);
    },
    waitFor: (path) => `cmd /c "for /l %i in (1,0,2) do @if exist "${path}" exit"`,
  });
} else {
  process.stdout.write(`updates of the Windows executable: skipped, ${missing}\n`);
  test.skip('updates of the Windows executable', () => {});
}
