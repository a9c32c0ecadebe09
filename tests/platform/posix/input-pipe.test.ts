/** A job's stdin: a FIFO that can be opened by name, pushes back, ends when told, and outlives the server. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { settle, waitFor } from '../../support/sandbox.ts';
import { World } from './world.ts';

// A loaded machine is slow, which is no failure.
setDefaultTimeout(30_000);

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
/** More than any pipe holds by itself. */
const MORE_THAN_A_PIPE = 300_000;

describe.skipIf(process.platform === 'win32')('stdin', () => {
  test('what is written is what is read, and end of input is seen after it', async () => {
    await using world = new World();
    const program = world.spawn('cat; echo end');
    expect(await program.child.write(bytes('one\n'))).toBeUndefined();
    expect(await program.lines(1)).toEqual(['one']);
    expect(await program.child.write(bytes('two ü\n'))).toBeUndefined();
    program.child.closeInput();
    expect(await program.code()).toBe(0);
    expect(program.stdout).toBe('one\ntwo ü\nend\n');
  });

  test('can be opened by name, as `/dev/stdin` and by a second reader', async () => {
    await using world = new World();
    const program = world.spawn('IFS= read -r x </dev/stdin; echo "[$x]"; cat /dev/stdin');
    await program.child.write(bytes('first\n'));
    expect(await program.lines(1)).toEqual(['[first]']);
    await program.child.write(bytes('second\n'));
    program.child.closeInput();
    expect(await program.code()).toBe(0);
    expect(program.stdout).toBe('[first]\nsecond\n');
  });

  test('whoever opens it only after its end reads that it has ended', async () => {
    await using world = new World();
    const program = world.spawn('read x; echo "$x"; cat /dev/stdin; cat </dev/stdin; echo end');
    program.child.closeInput();
    expect(await program.code()).toBe(0);
    expect(program.stdout).toBe('\nend\n');
  });

  test('one that a killed server left behind is in nobody’s way', async () => {
    await using world = new World();
    const left = world.spawn('cat');
    const inputPath = left.request.inputPath;
    const program = world.spawn('cat', { inputPath });
    await program.child.write(bytes('new\n'));
    program.child.closeInput();
    expect(await program.code()).toBe(0);
    expect(program.stdout).toBe('new\n');
  });

  test('a slow reader slows the writer down, and every byte arrives', async () => {
    await using world = new World();
    const program = world.spawn('read go; wc -c');
    let written = false;
    const data = new Uint8Array(MORE_THAN_A_PIPE).fill(0x61);
    const writing = program.child.write(data).then((failure) => {
      written = true;
      return failure;
    });
    await settle();
    expect(written).toBe(false);
    // The reader's first line is not there before the newline: only now it goes on reading.
    const newline = program.child.write(bytes('\n'));
    expect(await writing).toBeUndefined();
    expect(await newline).toBeUndefined();
    program.child.closeInput();
    expect(await program.code()).toBe(0);
  });

  test('what waits for room is taken back where its signal says so, and does not arrive later', async () => {
    await using world = new World();
    const program = world.spawn('while [ ! -e go ]; do sleep 0.02; done; cat');
    const fill = 'x'.repeat(64 * 1024);
    expect(await program.child.write(bytes(fill))).toBeUndefined();
    const leaving = new AbortController();
    const writing = program.child.write(bytes('late'), leaving.signal);
    leaving.abort();
    expect(await writing).toBe('stdin-full');
    writeFileSync(join(program.request.cwd, 'go'), '');
    program.child.closeInput();
    expect(await program.code()).toBe(0);
    expect(program.stdout).toBe(fill);
  });

  test('what is in the pipe in part gets its rest', async () => {
    await using world = new World();
    const program = world.spawn('while [ ! -e go ]; do sleep 0.02; done; wc -c');
    const writing = program.child.write(new Uint8Array(MORE_THAN_A_PIPE), AbortSignal.abort());
    writeFileSync(join(program.request.cwd, 'go'), '');
    expect(await writing).toBeUndefined();
    program.child.closeInput();
    expect(await program.code()).toBe(0);
    expect(Number(program.stdout)).toBe(MORE_THAN_A_PIPE);
  });

  test('a writer that waits is let go when the program ends', async () => {
    await using world = new World();
    const program = world.spawn('echo on; sleep 100');
    await program.lines(1);
    const writing = program.child.write(new Uint8Array(MORE_THAN_A_PIPE));
    await settle();
    await program.child.endTree(1000);
    // Its end closes its input, and either may be noticed first.
    expect(await writing).toMatch(/^(process-gone|stdin-closed)$/);
    expect(await program.child.write(bytes('x'))).toBe('process-gone');
  });

  test('a program that closed its stdin is told of', async () => {
    await using world = new World();
    const program = world.spawn('exec <&-; echo closed; sleep 100');
    await program.lines(1);
    expect(await program.child.write(bytes('x'))).toBe('stdin-closed');
    expect(await program.child.write(bytes(''))).toBe('stdin-closed');
  });

  test('after its end was told nothing more can be written', async () => {
    await using world = new World();
    const program = world.spawn('cat; sleep 100');
    program.child.closeInput();
    program.child.closeInput();
    expect(await program.child.write(bytes('late'))).toBe('stdin-closed');
  });

  test('another program holds no copy of it: end of input comes in spite of those started meanwhile', async () => {
    await using world = new World();
    const reader = world.spawn('cat');
    world.spawn('sleep 100');
    reader.child.closeInput();
    expect(await reader.code()).toBe(0);
  });

  test('the next server writes to it and ends it', async () => {
    await using world = new World();
    const program = world.spawn('while read x; do echo "got $x"; done; echo end');
    await program.child.write(bytes('a\n'));
    await program.lines(1);
    // Both ends at once: with no writer left at all, the reader would see end of input.
    const next = await world.adopt(program);
    program.child.release();
    expect(await next.child.write(bytes('b\n'))).toBeUndefined();
    await program.lines(2);
    next.child.closeInput();
    expect(await next.code()).toBe(0);
    expect(program.stdout).toBe('got a\ngot b\nend\n');
  });

  // The price of a stdin that can end: who reads at the moment when no server is there reads its end.
  test('a program that reads while no server is there sees end of input', async () => {
    await using world = new World();
    const program = world.spawn('cat; echo end; sleep 100');
    program.child.release();
    expect(await program.lines(1)).toEqual(['end']);
    const next = await world.adopt(program);
    // The shell still holds it open, so later readers get what is written now.
    expect(await waitFor('a write that is taken', async () => (await next.child.write(bytes('x'))) === undefined)).toBe(
      true,
    );
  });
});
