/** The verb `watch`. */
import { describe, expect, test } from 'bun:test';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileWatchEvent } from '../../../src/protocol/files/watch.ts';
import { runInProcess } from '../in-process.ts';
import { jsonLines, World } from '../world.ts';

describe('watch', () => {
  test('a line for each change as it comes, until Ctrl-C', async () => {
    await using world = await World.start();
    const folder = join(world.folder, 'watched');
    mkdirSync(join(folder, 'sub'), { recursive: true });
    const typed = world.type(['watch', folder, '-r', '--exclude', '*.tmp']);
    await typed.says(`watching ${folder}\n`);
    writeFileSync(join(folder, 'sub', 'x.tmp'), '');
    writeFileSync(join(folder, 'sub', 'a'), '');
    await typed.says(`create    ${folder}/sub/a\n`);
    writeFileSync(join(folder, 'sub', 'a'), 'more');
    await typed.says(`change    ${folder}/sub/a\n`);
    rmSync(join(folder, 'sub', 'a'));
    await typed.says(`delete    ${folder}/sub/a\n`);
    typed.process.kill('SIGINT');
    const { code, stdout } = await typed.done();
    expect([code, stdout.includes('x.tmp')]).toEqual([130, false]);
  });

  test('a server that went away and is back: an overflow, then changes again; --since goes on after an event', async () => {
    await using world = await World.start();
    const folder = join(world.folder, 'watched');
    mkdirSync(folder);
    const typed = world.type(['watch', folder, '--json', '--url', world.url]);
    await typed.says('"type":"ready"');
    const { port } = new URL(world.url);
    await world.killServer();
    await world.startServer('--port', port, '--terminal-port', '0');
    await typed.says('"type":"overflow"');
    writeFileSync(join(folder, 'a'), '');
    await typed.says('"type":"create"');
    typed.process.kill('SIGTERM');
    const events = jsonLines((await typed.done()).stdout) as (FileWatchEvent & { id: string })[];
    const created = events.find(({ type }) => type === 'create');
    expect(created).toMatchObject({ path: join(folder, 'a'), entry: { size: 0 } });

    writeFileSync(join(folder, 'b'), '');
    const later = world.type(['watch', folder, '--json', '--since', created?.id ?? '']);
    await later.says(JSON.stringify(join(folder, 'b')));
    later.process.kill('SIGTERM');
    const [first] = jsonLines((await later.done()).stdout);
    expect(first).toMatchObject({ type: 'create', path: join(folder, 'b') });
  });

  test('what cannot be watched is told with its path: 1', async () => {
    await using world = World.empty();
    await world.startServer('--roots', world.home);
    const none = join(world.home, 'none');
    expect(await world.cli(['watch', none])).toEqual({
      code: 1,
      stdout: '',
      stderr: `agent-server: ${none}: the server says: there is no such file or folder\n`,
    });
    expect((await world.cli(['watch', world.folder])).stderr).toContain('outside of the roots');
    expect((await world.cli(['watch', '/', '--url', 'http://127.0.0.1:1'])).code).toBe(1);
  });

  test('the command line: 2', async () => {
    for (const words of [[], [':'], ['/', '--poll', '0'], ['/', '--poll', 'x'], ['/', '--ignore', 'all']])
      expect([words, (await runInProcess('watch', ...words)).code]).toEqual([words, 2]);
  });
});
