/** Our half of the way to PowerShell, against a stand-in for the other; stories.test.ts has the real one. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { posixLauncher } from '../../src/platform/process/posix/processes.ts';
import { newId } from '../../src/core/id.ts';
import { powershell } from '../../src/shells/powershell/powershell-shell.ts';
import { StreamSink } from '../../src/shells/powershell/stream-sink.ts';
import type { CommandFiles, ShellProcess } from '../../src/shells/shell-process.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'agent-server-test-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
function filesFor(text: string): CommandFiles {
  const base = join(folder, `c${(count += 1)}`);
  writeFileSync(base, text);
  return { text: base, stdin: `${base}.in`, stdout: `${base}.out`, stderr: `${base}.err` };
}

async function run(shell: ShellProcess, text: string) {
  const files = filesFor(text);
  const end = await shell.run(files);
  return { end, out: readFileSync(files.stdout, 'utf8'), err: readFileSync(files.stderr, 'utf8') };
}

describe('a resident shell behind a channel', () => {
  let shell: ShellProcess;
  beforeAll(async () => {
    const standIn = join(folder, 'pwsh');
    const program = resolve(import.meta.dir, '../fixtures/stand-in-powershell.ts');
    writeFileSync(standIn, `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
    chmodSync(standIn, 0o755);
    const home = mkdtempSync(join(folder, 'shell-'));
    shell = await powershell('pwsh', standIn, posixLauncher).start({
      folder: home,
      env: { PATH: process.env['PATH'] ?? '' },
      treeId: newId(),
    });
  });
  afterAll(() => shell.process.endTree(100));

  test('each stream goes to its own file, without the marks', async () => {
    const { end, out, err } = await run(shell, 'printf out; printf err >&2');
    expect({ end, out, err }).toEqual({ end: { how: 'finished', exitCode: 0 }, out: 'out', err: 'err' });
  });

  test('the code of the command is the code of the command', async () => {
    expect((await run(shell, 'exit 7')).end).toEqual({ how: 'finished', exitCode: 7 });
  });

  test('ten megabytes arrive whole', async () => {
    expect((await run(shell, 'head -c 10000000 /dev/zero')).out).toHaveLength(10_000_000);
  });

  test('what looks like a mark is only text', async () => {
    const text = "printf '\\001agent-server:00000000000000000000000000000000'";
    expect((await run(shell, text)).out).toBe('\u0001agent-server:00000000000000000000000000000000');
  });

  test('a command reads its own input and its end, and the next one nothing of it', async () => {
    const files = filesFor('head -n 1');
    using input = shell.openInput(files);
    await input.write(new TextEncoder().encode('mine\nleft over\n'));
    input.end();
    await shell.run(files);
    expect(readFileSync(files.stdout, 'utf8')).toBe('mine\n');
    const next = filesFor('cat');
    using nothing = shell.openInput(next);
    nothing.end();
    await shell.run(next);
    expect(readFileSync(next.stdout, 'utf8')).toBe('');
  });

  test('the end of the shell is the end of the command', async () => {
    expect(await run(shell, 'printf last; exit 99')).toMatchObject({
      end: { how: 'shell-exited', exitCode: 42 },
      out: 'last',
    });
  });
});

test('a stream is cut at the marks however its pieces fall', async () => {
  const mark = '\u0001agent-server:0123456789abcdef';
  const noise = fc.oneof(fc.string(), fc.constantFrom('\u0001', '\u0001agent', mark.slice(0, -1)));
  await fc.assert(
    fc.asyncProperty(fc.array(noise), fc.array(noise), fc.array(fc.nat(40)), async (before, after, cuts) => {
      const first = join(folder, `first-${(count += 1)}`);
      const text = before.join('');
      const later = after.join('');
      fc.pre(!text.includes(mark));
      const bytes = Buffer.from(text + mark + later, 'utf8');
      const pipe = new TransformStream<Uint8Array, Uint8Array>();
      const sink = new StreamSink(pipe.readable);
      const reached = sink.begin(first, mark);
      const writer = pipe.writable.getWriter();
      let from = 0;
      for (const cut of [...cuts, bytes.length]) {
        const to = Math.min(bytes.length, from + cut);
        if (to > from) await writer.write(bytes.subarray(from, to));
        from = to;
      }
      await reached;
      await writer.close();
      await sink.ended;
      // What comes after a mark and before the next command belongs to who left it behind.
      expect(readFileSync(first)).toEqual(Buffer.from(text + later, 'utf8'));
      rmSync(first);
    }),
    { numRuns: 60 },
  );
});
