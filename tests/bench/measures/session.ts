import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createLauncher } from '../../../src/platform/process/index.ts';
import { findShells } from '../../../src/shells/find.ts';
import type { ShellKind } from '../../../src/shells/shell-process.ts';
import { inTurns, median, medianRatio, ms, timed, type Measured } from '../measure.ts';
import { BenchServer } from '../server.ts';

const COMMAND = 'echo hi';

/** Of each shell, as far as it is there: how often a warm command and a new shell take turns, and the goal. */
const TRIALS = [
  { name: 'bash', fresh: ['-c', COMMAND], warmUp: 100, turns: 500, goal: 2 },
  {
    name: 'pwsh',
    fresh: ['-NoLogo', '-NoProfile', '-NonInteractive', '-Command', COMMAND],
    warmUp: 5,
    turns: 20,
    goal: 200,
  },
] as const;
type Trial = (typeof TRIALS)[number];

/** Commands to a turn of the warm session; each turn is told by their median. */
const IN_A_ROW = 20;

/** A command in a warm session, against a new shell for it: the shells alone, and bash as jobs. */
export async function session(): Promise<Measured[]> {
  const found = findShells(createLauncher(), { PATH: searchPath() });
  const measured: Measured[] = [];
  for (const trial of TRIALS) {
    const kind = found.get(trial.name);
    if (kind === undefined) console.log(`${trial.name}: not measured, it is not on this machine`);
    else measured.push(await alone(kind, trial));
  }
  return found.has('bash') ? [...measured, await asJobs()] : measured;
}

/** Where the shells are looked for; PowerShell may stand anywhere. */
function searchPath(): string {
  const named = Bun.env['AGENT_SERVER_TEST_PWSH'];
  const usual = Bun.env['PATH'] ?? '';
  return named === undefined ? usual : `${usual}:${dirname(named)}`;
}

async function alone(kind: ShellKind, trial: Trial): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'agent-server-bench-'));
  const file = (name: string): string => join(folder, name);
  const files = { text: file('command'), stdin: '/dev/null', stdout: file('stdout'), stderr: file('stderr') };
  mkdirSync(file('shell'));
  writeFileSync(files.text, COMMAND);
  for (const path of [files.stdout, files.stderr]) writeFileSync(path, '');
  const shell = await kind.start({
    folder: file('shell'),
    env: { PATH: Bun.env['PATH'] ?? '' },
    treeId: 'be9cbe9cbe9c',
  });
  try {
    // Commands of a session come in a row: one alone, after another program had the caches, takes three times as long.
    const warm = async (): Promise<number> => {
      const row: number[] = [];
      while (row.length < IN_A_ROW) row.push(await timed(() => shell.run(files)));
      return median(row);
    };
    const output = { stdin: 'ignore', stdout: Bun.file(files.stdout), stderr: Bun.file(files.stderr) } as const;
    const fresh = () => timed(() => Bun.spawn([kind.path, ...trial.fresh], output).exited);
    // Until the shell has compiled what it runs for every command.
    for (let left = 300 / IN_A_ROW; left > 0; left -= 1) await warm();
    await inTurns(trial.warmUp, warm, fresh);
    const found = await inTurns(trial.turns, warm, fresh);
    const ratio = medianRatio(found);
    return {
      name: `a command in a warm ${kind.name} session`,
      figure: `${ratio.toFixed(1)} × as fast as a new ${kind.name}`,
      goal: `≥ ${trial.goal}`,
      met: ratio >= trial.goal,
      detail: `${ms(median(found.a))} against ${ms(median(found.b))}, both with output to files; ${IN_A_ROW} in a row to a turn`,
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
