/** `npm run check`: every check, all of them even when one fails, so that one run tells everything. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dir, '..', '..');
const CHECKS: Readonly<Record<string, readonly string[]>> = {
  types: ['tsc'],
  // Pages live in a browser: their code knows the DOM, and not Bun.
  'types of the console': ['tsc', '-p', 'src/console/page'],
  'types of the API page': ['tsc', '-p', 'src/api-page/page'],
  lint: ['oxlint'],
  format: ['oxfmt', '--check'],
  'dead code': ['knip'],
  arrows: ['bun', 'test', 'tests/architecture'],
};

async function run(name: string, [command = '', ...args]: readonly string[]): Promise<boolean> {
  const tool = join(root, 'node_modules', '.bin', process.platform === 'win32' ? `${command}.cmd` : command);
  const child = Bun.spawn([tool, ...args], { cwd: root, stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' });
  const [stdout, stderr, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${name}`);
  if (code !== 0) console.log(`${stdout}${stderr}`.trimEnd());
  return code === 0;
}

const waiting = Object.entries(CHECKS);
let failed = 0;
async function worker(): Promise<void> {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    if (!(await run(...next))) failed += 1;
  }
}
await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, worker));
process.exit(failed === 0 ? 0 : 1);
