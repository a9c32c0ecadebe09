/** The job that a long copy goes on as, whose folder cannot be written: the copy itself goes on, and so does the server. */
import { expect, test } from 'bun:test';
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { fail, ok } from '../../../src/core/failure.ts';
import type { CopyEnd, CopyRun } from '../../../src/files/write/copy-run.ts';
import { JobFolder } from '../../../src/jobs/folder.ts';
import type { JobSpec } from '../../../src/jobs/record.ts';
import { FileCopyJobs } from '../../../src/modes/file-copy/copy-jobs.ts';
import { FakeClock, Sandbox } from '../../support/sandbox.ts';

/** Nothing here takes turns. */
const acquireSlot = () => {
  throw new Error('no turn is taken');
};

/** A copy that is over when it is told to be. */
async function started(box: Sandbox) {
  const clock = new FakeClock();
  const jobs = new FileCopyJobs(clock);
  const { promise, resolve } = Promise.withResolvers<CopyEnd>();
  let spec: JobSpec | undefined;
  jobs.connect((given) => {
    spec = given;
    return ok('0123456789ab');
  });
  const run = { ended: promise, copied: { files: 1, bytes: 2 }, abort: () => {} } as unknown as CopyRun;
  jobs.take(run, 'cp a b', () => 'it failed');
  if (spec === undefined) throw new Error('nothing was submitted');
  const folder = new JobFolder(box.path, '0123456789ab');
  mkdirSync(folder.path);
  const running = await jobs.mode.runner.start(
    { jobId: '0123456789ab', spec, folder },
    new AbortController().signal,
    acquireSlot,
  );
  if ('refused' in running) throw new Error('it was refused');
  return { clock, folder, end: resolve, running };
}

/** As a disk without room does, for every user. */
function loseOutput(folder: JobFolder): void {
  for (const stream of ['stdout', 'stderr'] as const) {
    rmSync(folder.output(stream));
    mkdirSync(folder.output(stream));
    chmodSync(folder.output(stream), 0o500);
  }
}

test('its progress cannot be written: nothing is thrown at the clock, and it ends as the copy does', async () => {
  using box = new Sandbox();
  const { clock, folder, end, running } = await started(box);
  loseOutput(folder);
  expect(() => clock.advance(1000)).not.toThrow();
  expect(() => clock.advance(1000)).not.toThrow();
  end(ok({ files: 1, bytes: 2 }));
  expect(await running.ended).toEqual({ known: true, exitCode: 0 });
  expect(clock.pending).toBe(0);
});

test('nor can the reason of its failure: then the job itself has it', async () => {
  using box = new Sandbox();
  const { folder, end, running } = await started(box);
  loseOutput(folder);
  end(fail({ reason: 'aborted' }));
  expect(await running.ended).toEqual({ known: true, exitCode: 1, warnings: ['it failed'] });
});
