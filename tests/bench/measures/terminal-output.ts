import { join } from 'node:path';
import { inTurns, median, medianRatio, mib, timed, type Measured } from '../measure.ts';
import { PlainTerminal } from '../plain-terminal.ts';
import { BenchServer } from '../server.ts';
import { TerminalSocket } from '../terminal-socket.ts';

const LINE = 'a line of output such as a build prints it, a thousand times over and then some more\n';
const LINES = Math.ceil(100_000_000 / LINE.length);
/** A terminal makes CRLF of LF; the first line is the echo of Enter. */
const EXPECTED = LINES * (LINE.length + 1) + 2;
const GOAL = 0.5;

/** `cat` of 100 MB through a socket, against the same read straight from a PTY. */
export async function terminalOutput(): Promise<Measured[]> {
  await using server = await BenchServer.start();
  const path = join(server.dataPath, 'source');
  await Bun.write(path, LINE.repeat(LINES));
  // It stays until it is ended, so that no exit is measured.
  const command = `read go; cat '${path}'; read end`;
  let most = 0;
  const direct = async () => {
    using terminal = new PlainTerminal(command);
    // Awaited, or the terminal would be closed first.
    return await timed(async () => {
      terminal.type('\r');
      await terminal.until(EXPECTED);
    });
  };
  const socket = async () => {
    const id = await server.terminal(command);
    const client = await TerminalSocket.open(server, id);
    const took = await timed(async () => {
      client.type('\r');
      await client.until(EXPECTED);
    });
    client.close();
    await client.closed;
    await server.deleteTerminal(id);
    return took;
  };
  await inTurns(1, direct, socket);
  const before = server.rss;
  const watch = setInterval(() => (most = Math.max(most, server.rss)), 20);
  const found = await inTurns(5, direct, socket);
  clearInterval(watch);
  const share = 1 / medianRatio(found);
  const rate = (times: readonly number[]) => (EXPECTED / 1e3 / median(times)).toFixed(0);
  return [
    {
      name: '100 MB through a terminal’s socket',
      figure: `${share.toFixed(2)} × plain PTY`,
      goal: `≥ ${GOAL}`,
      met: share >= GOAL,
      detail: `${rate(found.b)} against ${rate(found.a)} MB/s`,
    },
    {
      name: 'server memory meanwhile',
      figure: `+${mib(Math.max(0, most - before))}`,
      goal: '',
      detail: `from ${mib(before)}`,
    },
  ];
}
