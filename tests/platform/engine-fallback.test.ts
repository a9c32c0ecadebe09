/** Which failures make the second engine open a terminal. */
import { afterAll, describe, expect, test } from 'bun:test';
import { fail, ok } from '../../src/core/failure.ts';
import { createLog } from '../../src/core/log.ts';
import { newId } from '../../src/core/id.ts';
import { withFallback } from '../../src/platform/pty/engine-fallback.ts';
import { createPtyOpener } from '../../src/platform/pty/index.ts';
import type { Engine, PtyRequest } from '../../src/platform/pty/pty.ts';
import { FakePty } from '../terminals/fake-pty.ts';
import { Sandbox } from '../support/sandbox.ts';

const box = new Sandbox();
afterAll(() => box[Symbol.dispose]());

const request = (): PtyRequest => ({
  argv: ['/bin/sh', '-c', 'tty >/dev/null && exit 7'],
  cwd: box.path,
  env: {},
  cols: 80,
  rows: 24,
  treeId: newId(),
});
const unusable = (detail: string) => () => fail({ reason: 'engine-unusable', detail });

describe('an engine with a fallback', () => {
  test('leaves the second one alone where it is the program that cannot start', () => {
    const refused = fail({ reason: 'spawn-refused', detail: 'EACCES' });
    const second: Engine = () => {
      throw new Error('the second engine was asked');
    };
    expect(
      withFallback(
        () => refused,
        second,
        () => {},
      )(request()),
    ).toEqual(refused);
  });

  test('asks the second one where the first cannot open any terminal, and reports that once', () => {
    const pty = new FakePty();
    const reported: string[] = [];
    const engine = withFallback(
      unusable('no PTY'),
      () => ok(pty),
      (detail) => reported.push(detail),
    );
    expect([engine(request()), engine(request())]).toEqual([ok(pty), ok(pty)]);
    expect(reported).toEqual(['no PTY']);
  });

  test('says what both of them lack', () => {
    const engine = withFallback(unusable('no PTY'), unusable('no library'), () => {});
    expect(engine(request())).toEqual(fail({ reason: 'engine-unusable', detail: 'no PTY; no library' }));
  });
});

describe.skipIf(process.platform === 'win32')('a Bun that has no terminals', () => {
  test('opens them by bun-pty, with one line in the log', async () => {
    const { Terminal } = Bun;
    const lines: string[] = [];
    const openPty = createPtyOpener({
      engine: 'bun',
      libraryFolder: box.file('library'),
      log: createLog('text', (line) => lines.push(line), Date.now),
    });
    try {
      Object.assign(Bun, { Terminal: undefined });
      for (let round = 0; round < 2; round += 1) {
        const opened = openPty(request());
        if (!opened.ok) throw new Error(JSON.stringify(opened.failure));
        expect(await opened.value.exited).toBe(7);
        opened.value.release();
      }
      expect(openPty({ ...request(), argv: ['/not/there'] })).toMatchObject({ failure: { reason: 'program-missing' } });
    } finally {
      Object.assign(Bun, { Terminal });
    }
    expect(lines).toEqual([
      expect.stringContaining('Bun.Terminal cannot open a terminal here: bun-pty is used instead'),
    ]);
  });
});
