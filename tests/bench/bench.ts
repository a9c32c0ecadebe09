/**
 * `npm run bench`: every measure, as a table or with `--json`. Names after the flags choose some:
 * `npm run bench -- start round-trip`. `--source` measures the source though an
 * executable is built, `--exe=PATH` another executable.
 */
import { cpus, totalmem } from 'node:os';
import type { Measure, Measured } from './measure.ts';
import { acpDoors } from './measures/acp-doors.ts';
import { agents } from './measures/agents.ts';
import { files } from './measures/files.ts';
import { flood } from './measures/flood.ts';
import { list } from './measures/list.ts';
import { many } from './measures/many.ts';
import { output } from './measures/output.ts';
import { ports } from './measures/ports.ts';
import { roundTrip } from './measures/round-trip.ts';
import { session } from './measures/session.ts';
import { start } from './measures/start.ts';
import { terminalCrowd } from './measures/terminal-crowd.ts';
import { terminalEcho } from './measures/terminal-echo.ts';
import { terminalOutput } from './measures/terminal-output.ts';
import { terminalSlow } from './measures/terminal-slow.ts';
import { terminalsIdle } from './measures/terminals-idle.ts';
import { transfer } from './measures/transfer.ts';
import { update } from './measures/update.ts';
import { watch } from './measures/watch.ts';
import { executable } from './server.ts';

const MEASURES: Readonly<Record<string, Measure>> = {
  start,
  'round-trip': roundTrip,
  output,
  many,
  list,
  session,
  update,
  agents,
  'acp-doors': acpDoors,
  files,
  flood,
  ports,
  'terminals-idle': terminalsIdle,
  'terminal-output': terminalOutput,
  'terminal-echo': terminalEcho,
  'terminal-slow': terminalSlow,
  'terminal-crowd': terminalCrowd,
  transfer,
  watch,
};

const args = process.argv.slice(2);
const chosen = args.filter((arg) => !arg.startsWith('--'));
const found: Measured[] = [];
for (const [name, measure] of Object.entries(MEASURES)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  process.stderr.write(`${name} …\n`);
  found.push(...(await measure()));
}

const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? process.arch}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}`;
const subject = executable === undefined ? 'source' : 'executable';
if (args.includes('--json'))
  console.log(JSON.stringify({ machine, subject, bun: Bun.version, measures: found }, null, 2));
else {
  console.log(`\n${machine}; Bun ${Bun.version}, ${subject}\n\n| measure | found | goal | |\n|---|---|---|---|`);
  for (const { name, figure, goal, met, detail } of found) {
    console.log(`| ${name} | ${figure} | ${goal}${met === false ? ' (missed)' : ''} | ${detail} |`);
  }
}
