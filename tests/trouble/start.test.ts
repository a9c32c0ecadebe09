/** A start that cannot be: one line on stderr that says what to do, and exit code 1. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openHome, STORY_MS } from './live-server.ts';

setDefaultTimeout(STORY_MS);

const posix = describe.skipIf(process.platform === 'win32');
const isRoot = process.getuid?.() === 0;
/** Root may write everywhere: it has to become somebody else first, who still may run bun and read the source. */
const NOBODY = 65_534;
const asNobody = isRoot ? ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--'] : [];
const canBeNobody = Bun.spawnSync(
  [...asNobody, process.execPath, join(import.meta.dir, '../../src/main.ts'), 'serve', '--port', 'x'],
  { env: { PATH: '', HOME: '/nonexistent' } },
)
  .stderr.toString()
  .includes('--port must be');
if (!canBeNobody)
  console.warn(
    'data folder not writable: not tested, since bun or the source cannot be read by another user than root',
  );

const oneLine = (text: string): string => {
  expect(text).toMatch(/^agent-server: [^\n]+\n$/);
  return text;
};

posix('a start is refused with one line', () => {
  // Fails until src/app.ts passes `reusePort: false`: Bun shares the port where `development` is false. Then: `test`.
  test('when the port is in use', async () => {
    using home = openHome();
    using other = openHome();
    await using server = await home.serve();
    const { code, stdout, stderr } = await other.refused(['--port', String(server.port)]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(oneLine(stderr)).toContain(`port ${server.port} on 127.0.0.1 is in use`);
  });

  test('when another server has the data folder: it says which, and that one lives on', async () => {
    using home = openHome();
    await using server = await home.serve();
    const id = await server.exec('echo before');
    await server.finished(id);
    const { code, stderr } = await home.refused(['--port', '0']);
    expect(code).toBe(1);
    expect(oneLine(stderr)).toContain(`agent-server already runs at ${server.url} (pid ${server.pid})`);
    expect((await server.job(id)).stdout).toBe('before\n');
    expect((await server.finished(await server.exec('echo after'))).stdout).toBe('after\n');
  });

  test('but not by a lock whose holder was killed', async () => {
    using home = openHome();
    const first = await home.serve();
    await first.killed();
    await using second = await home.serve();
    expect((await second.health()).status).toBe('ok');
  });

  test.skipIf(!canBeNobody)('when the data folder may not be written', async () => {
    using home = openHome();
    chmodSync(home.path, 0o777);
    mkdirSync(home.dataDir, { mode: 0o555 });
    chmodSync(home.dataDir, 0o555);
    const { code, stderr } = await home.refused(['--port', '0'], asNobody);
    expect(code).toBe(1);
    expect(oneLine(stderr)).toContain(`the data folder ${home.dataDir} cannot be used: `);
  });

  test.skipIf(!canBeNobody)('when the data folder cannot be made', async () => {
    using home = openHome();
    chmodSync(home.path, 0o555);
    const { code, stderr } = await home.refused(['--port', '0'], asNobody);
    expect(code).toBe(1);
    expect(oneLine(stderr)).toContain(`the data folder ${home.dataDir} cannot be used: `);
  });

  test.skipIf(!canBeNobody)('when the folder of jobs in it belongs to somebody else', async () => {
    using home = openHome();
    chmodSync(home.path, 0o777);
    mkdirSync(join(home.dataDir, 'jobs'), { recursive: true, mode: 0o500 });
    if (isRoot) chownSync(home.dataDir, NOBODY, NOBODY);
    else chmodSync(join(home.dataDir, 'jobs'), 0);
    chmodSync(join(home.dataDir, 'jobs'), isRoot ? 0o700 : 0);
    const { code, stderr } = await home.refused(['--port', '0'], asNobody);
    expect(code).toBe(1);
    expect(oneLine(stderr)).toContain(`the data folder ${home.dataDir} cannot be used: `);
  });

  test('when the data folder is a file', async () => {
    using home = openHome();
    writeFileSync(home.dataDir, 'a file');
    const { code, stderr } = await home.refused(['--port', '0']);
    expect(code).toBe(1);
    expect(oneLine(stderr)).toContain(`the data folder ${home.dataDir} cannot be used: `);
  });

  test('when the key cannot be kept', async () => {
    using home = openHome();
    writeFileSync(join(home.path, 'devpilot-agent'), 'in the way');
    const { code, stderr } = await home.refused(['--port', '0']);
    expect(code).toBe(1);
    expect(oneLine(stderr)).toContain('the API key cannot be kept');
  });

  test('when the address is none of this machine', async () => {
    using home = openHome();
    const { code, stderr } = await home.refused(['--port', '0', '--host', '203.0.113.7']);
    expect(code).toBe(1);
    expect(oneLine(stderr)).toContain('203.0.113.7');
  });

  test('when a setting is out of its range', async () => {
    using home = openHome();
    const { code, stderr } = await home.refused(['--max-jobs', '0']);
    expect(code).toBe(1);
    expect(oneLine(stderr)).toContain('--max-jobs must be a whole number from 1 to 100000, not "0"');
  });
});
