import { ms, quantile, timed, type Measured } from '../measure.ts';
import { PlainTerminal } from '../plain-terminal.ts';
import { BenchServer } from '../server.ts';
import { TerminalSocket } from '../terminal-socket.ts';

const KEYS = 2000;
/** Of the second engine, which looks for output every 8 ms. */
const KEYS_OF_BUN_PTY = 300;
const GOALS_MS = { p50: 1, p99: 2 } as const;
/** A program that answers each key, as an editor or a shell's line does; the terminal itself echoes nothing. */
const COMMAND = 'stty raw -echo; echo ready; exec cat';

/** From one key pressed to its echo, over a socket on loopback and straight from a PTY. */
export async function terminalEcho(): Promise<Measured[]> {
  await using server = await BenchServer.start();
  const client = await openSocket(server);
  using plain = new PlainTerminal(COMMAND);
  await plain.until('ready\r\n'.length - 1);
  const socketTimes: number[] = [];
  const plainTimes: number[] = [];
  for (let key = 0; key < KEYS + 200; key += 1) {
    const took = [await timed(press(client)), await timed(press(plain))] as const;
    // The first ones warm both up.
    if (key < 200) continue;
    socketTimes.push(took[0]);
    plainTimes.push(took[1]);
  }
  client.close();
  const measured = (name: keyof typeof GOALS_MS, q: number): Measured => ({
    name: `echo of one key over a socket, ${name}`,
    figure: ms(quantile(socketTimes, q)),
    goal: `≤ ${GOALS_MS[name]} ms`,
    met: quantile(socketTimes, q) <= GOALS_MS[name],
    detail: `${ms(quantile(plainTimes, q))} straight from a PTY`,
  });
  return [measured('p50', 0.5), measured('p99', 0.99), await byBunPty()];
}

async function byBunPty(): Promise<Measured> {
  await using server = await BenchServer.start('--pty-engine', 'bun-pty');
  const client = await openSocket(server);
  const times: number[] = [];
  for (let key = 0; key < KEYS_OF_BUN_PTY; key += 1) times.push(await timed(press(client)));
  client.close();
  return {
    name: 'the same by bun-pty, p50',
    figure: ms(quantile(times, 0.5)),
    goal: '',
    detail: `p99 ${ms(quantile(times, 0.99))}`,
  };
}

async function openSocket(server: BenchServer): Promise<TerminalSocket> {
  const client = await TerminalSocket.open(server, await server.terminal(COMMAND));
  await client.until('ready\r\n'.length - 1);
  return client;
}

const press = (terminal: TerminalSocket | PlainTerminal) => async () => {
  const echo = terminal.next();
  terminal.type('x');
  await echo;
};
