import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLauncher } from '../../../src/platform/processes.ts';
import { findShells } from '../../../src/shells/find.ts';
import type { ShellKind } from '../../../src/shells/shell-process.ts';
import { inTurns, median, medianRatio, ms, timed, type Measured } from '../measure.ts';
import { BenchServer } from '../server.ts';

const COMMAND = 'echo hi';
const GOAL = 2;

/** A command in a warm bash session, against a new bash for it: the shells alone, and as jobs. */
export async function session(): Promise<Measured[]> {
  const bash = findShells(createLauncher(), { PATH: Bun.env['PATH'] ?? '' }).get('bash');
  return bash === undefined ? [] : [await alone(bash), await asJobs()];
}

async function alone(bash: ShellKind): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'agent-server-bench-'));
  const file = (name: string): string => join(folder, name);
  const files = { text: file('command'), stdin: '/dev/null', stdout: file('stdout'), stderr: file('stderr') };
  mkdirSync(file('shell'));
  writeFileSync(files.text, COMMAND);
  for (const path of [files.stdout, files.stderr]) writeFileSync(path, '');
  const shell = await bash.start({
    folder: file('shell'),
    env: { PATH: Bun.env['PATH'] ?? '' },
    treeId: 'be9cbe9cbe9c',
  });
  try {
    const warm = () => timed(() => shell.run(files));
    const output = { stdin: 'ignore', stdout: Bun.file(files.stdout), stderr: Bun.file(files.stderr) } as const;
    const fresh = () => timed(() => Bun.spawn([bash.path, '-c', COMMAND], output).exited);
    await inTurns(100, warm, fresh);
    const found = await inTurns(500, warm, fresh);
    const ratio = medianRatio(found);
    return {
      name: 'a command in a warm bash session',
      figure: `${ratio.toFixed(1)} × as fast as a new bash`,
      goal: `≥ ${GOAL}`,
      met: ratio >= GOAL,
      detail: `${ms(median(found.a))} against ${ms(median(found.b))}, both with output to files`,
    };
  } finally {
    await shell.process.endTree(1000);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function asJobs(): Promise<Measured> {
  await using server = await BenchServer.start();
  const fields = { mode: 'persistent_shell', sessionKey: 'bench', shell: 'bash' };
  const warm = () => timed(() => server.run(COMMAND, fields));
  const fresh = () => timed(() => server.run(`bash -c '${COMMAND}'`));
  await inTurns(50, warm, fresh);
  const found = await inTurns(200, warm, fresh);
  return {
    name: 'the same as jobs, over HTTP',
    figure: `${medianRatio(found).toFixed(1)} × as fast`,
    goal: '',
    detail: `${ms(median(found.a))} against ${ms(median(found.b))} for \`bash -c\` as a job`,
  };
}
