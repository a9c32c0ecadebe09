/**
 * `npm test`: all tests but those of the Windows executable, several files at once. Its arguments go to `bun test`.
 *
 * They wait for programs more than they compute: so there are more files at once than the two processors of CI, and no more
 * than leave each the time that it may take.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleProgram } from './bundled-program.ts';

const FILES_AT_ONCE = 3;

const folder = mkdtempSync(join(tmpdir(), 'agent-server-bundle-'));
// Some servers run as another user.
chmodSync(folder, 0o755);
// Ctrl-C is for the tests, whose end is waited for.
process.on('SIGINT', () => {});
try {
  const flags = [`--parallel=${FILES_AT_ONCE}`, '--timeout', '30000', '--path-ignore-patterns', 'tests/windows/**'];
  const tests = Bun.spawn([process.execPath, 'test', ...flags, ...process.argv.slice(2)], {
    env: { ...process.env, ...(await bundleProgram(folder)) },
    stdio: ['inherit', 'inherit', 'inherit'],
  });
  process.exitCode = await tests.exited;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
