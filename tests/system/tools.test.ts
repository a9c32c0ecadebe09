/** Versions of tools: real programs, looked up once a minute. */
import { expect, test } from 'bun:test';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { Tools, versionIn } from '../../src/system/tools.ts';
import { Sandbox } from '../support/sandbox.ts';
import { ManualClock } from '../support/manual-clock.ts';

test.each([
  ['git version 2.39.5 (Apple Git-154)', '2.39.5'],
  ['v24.3.0\n', '24.3.0'],
  ['openjdk version "21.0.2" 2024-01-16', '21.0.2'],
  ['go version go1.22.1 linux/amd64', '1.22.1'],
  ['Docker version 27.1.1, build 6312585', '27.1.1'],
  ['nothing of the kind', null],
])('%p is version %p', (text, version) => {
  expect(versionIn(text)).toBe(version);
});

if (process.platform === 'win32') console.log('tests/system/tools.test.ts: without programs, which are scripts here');
test.skipIf(process.platform === 'win32')(
  'a tool is asked once a minute, one that fails or is not there is null',
  async () => {
    using box = new Sandbox();
    const program = (name: string, text: string) => {
      writeFileSync(box.file(name), `#!/bin/sh\necho run >> '${box.file(`${name}.runs`)}'\n${text}\n`);
      chmodSync(box.file(name), 0o755);
      return box.file(name);
    };
    const runs = (name: string) => readFileSync(box.file(`${name}.runs`), 'utf8').split('\n').length - 1;
    const paths: Record<string, string> = {
      git: program('git', 'echo git version 2.1.0'),
      java: program('java', 'echo java 21.0.2 >&2'),
      make: program('make', 'echo make 4.4; exit 3'),
      // Reads until its end comes.
      docker: program('docker', 'cat; echo docker 27.1'),
    };
    const clock = new ManualClock();
    const tools = new Tools((name) => paths[name], { PATH: '/usr/bin:/bin' }, clock);
    const [first, second] = await Promise.all([tools.versions(), tools.versions()]);
    expect(first).toMatchObject({ git: '2.1.0', java: '21.0.2', make: null, docker: '27.1', node: null });
    expect(second).toBe(first);
    await clock.advance(59_999);
    await tools.versions();
    expect(runs('git')).toBe(1);
    await clock.advance(1);
    await tools.versions();
    expect(runs('git')).toBe(2);
  },
);
