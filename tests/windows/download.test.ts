/** The name under which people download the Windows executable: the same program, byte for byte. */
import { expect, test } from 'bun:test';
import { dirname, join } from 'node:path';
import { EXECUTABLE } from './executable.ts';

const isBuilt = await Bun.file(EXECUTABLE).exists();
if (!isBuilt) console.log(`agent-server.exe: skipped, ${EXECUTABLE} is not there: npm run build`);

test.skipIf(!isBuilt)('agent-server.exe is the executable for windows-x64', async () => {
  const download = Bun.file(join(dirname(EXECUTABLE), 'agent-server.exe'));
  expect(Buffer.compare(await Bun.file(EXECUTABLE).bytes(), await download.bytes())).toBe(0);
});
