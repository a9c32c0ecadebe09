/** Profiles of the command line on Windows: where they are kept, and that the key in them goes to their server. */
import { describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildExecutable } from '../../src/release/build/build-executable.ts';
import { StandIn } from '../cli/connection/stand-in.ts';
import { Sandbox } from '../support/sandbox.ts';
import { labMissing, openLab } from '../support/wine.ts';

const missing = labMissing();
if (missing !== undefined) console.log(`profiles on Windows: skipped, ${missing}`);

const KEY = 'the-key-of-the-box';

describe.skipIf(missing !== undefined)('profiles on Windows', () => {
  test('are kept in the user’s application data, used and forgotten', async () => {
    using sandbox = new Sandbox();
    const outfile = sandbox.file('agent-server-profiles.exe');
    const target = process.arch === 'arm64' ? 'windows-arm64' : 'windows-x64';
    await buildExecutable({ target, entry: join(import.meta.dir, '../../src/main.ts'), outfile });
    const lab = await openLab();
    const program = await lab.install(outfile);
    using server = new StandIn({ key: KEY });
    const cli = async (stdin: string, ...args: readonly string[]) => {
      const child = lab.start(program, args);
      void child.stdin.write(stdin);
      void child.stdin.end();
      const [stdout, stderr, code] = await Promise.all([
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
        child.exited,
      ]);
      return { code, stdout: stdout.replaceAll('\r\n', '\n'), stderr };
    };
    // The user's own file, which other tests may use: Windows says where application data is, not its environment.
    const name = `box-${crypto.randomUUID().slice(0, 8)}`;
    const more = [`${name}-2`, `${name}-3`];
    const { code, stdout } = await cli(`${KEY}\r\n`, 'login', name, server.url, '--json');
    expect(code).toBe(0);
    const said = JSON.parse(stdout) as { readonly path: string };
    expect(said.path).toEndWith(String.raw`\AppData\Roaming\agent-server\profiles.json`);
    const kept = () => JSON.parse(readFileSync(lab.host(said.path), 'utf8')) as { readonly profiles: object };
    try {
      expect(kept().profiles).toMatchObject({ [name]: { url: server.url, key: KEY } });
      expect(await cli('', 'jobs', '--json', '--profile', name)).toEqual({ code: 0, stdout: '[]\n', stderr: '' });
      expect(server.keys.at(-1)).toBe(KEY);
      expect((await cli('', '__complete', '.use', `.${name}`)).stdout).toStartWith(`${name}\t`);
      // At once: each waits for the other.
      await Promise.all(more.map((one) => cli(`${KEY}\r\n`, 'login', one, server.url)));
      expect(Object.keys(kept().profiles)).toEqual(expect.arrayContaining([name, ...more]));
    } finally {
      for (const one of [name, ...more]) expect(await cli('', 'logout', one)).toMatchObject({ code: 0 });
    }
    expect(kept().profiles).not.toHaveProperty([name]);
  }, 180_000);
});
