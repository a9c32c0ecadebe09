/** What the terminal stories type, per platform. What is typed is echoed: an answer must differ from its question. */
import type { Rig } from '../support/rig.ts';
import { TerminalClient, type ClientOptions } from '../support/terminal-client.ts';
import type { TerminalOutput, TerminalResource } from '../../src/protocol/terminal.ts';

export interface Lines {
  /** A shell that is on every such machine. */
  readonly shell: string;
  readonly enter: string;
  /** Prints the sum of two numbers. */
  readonly sum: (a: number, b: number) => string;
}

export const linesOf = (platform: 'posix' | 'windows'): Lines => (platform === 'posix' ? posix : windows);
export const linesFor = (rig: Rig): Lines => linesOf(rig.door.platform);

const posix: Lines = { shell: 'sh', enter: '\n', sum: (a, b) => `echo $((${a}+${b}))` };
// Only a carriage return is Enter to a Windows console.
const windows: Lines = { shell: 'cmd.exe', enter: '\r', sum: (a, b) => `set /a ${a}+${b}` };

/** A terminal of `POST /terminals` with the plainest shell. */
export const openTerminal = (rig: Rig, fields: Readonly<Record<string, unknown>> = {}): Promise<TerminalResource> =>
  rig.post<TerminalResource>('/terminals', { shell: linesFor(rig).shell, ...fields });

/** Types a sum whose answer nothing else has, and waits for it. */
export async function calculates(rig: Rig, client: TerminalClient): Promise<void> {
  const [a, b] = [Math.floor(Math.random() * 1e6), 3_000_000 + Math.floor(Math.random() * 1e6)];
  const { sum, enter } = linesFor(rig);
  client.type(sum(a, b) + enter);
  await client.printed(String(a + b));
}

/** All output, by long-poll, as soon as it holds `text`. */
export async function readUntil(rig: Rig, id: string, text: string): Promise<string> {
  let all = '';
  for (let since = 0; !all.includes(text);) {
    const { data, next } = await rig.get<TerminalOutput>(`/terminals/${id}/output?since=${since}&wait=10`);
    if (data === '') throw new Error(`${JSON.stringify(text)} is not in ${JSON.stringify(all)}`);
    all += data;
    since = next;
  }
  return all;
}

/** A socket on the main port, with the key. `query` begins with `?`. */
export const socketOn = (rig: Rig, query = '', options: ClientOptions = {}): Promise<TerminalClient> =>
  TerminalClient.open(`${rig.url}/terminal${query}`, withKey(rig, options));

/** The same on the terminal port. */
export const terminalPortSocket = (rig: Rig, path = '/', options: ClientOptions = {}): Promise<TerminalClient> =>
  TerminalClient.open(`${rig.terminalUrl}${path}`, withKey(rig, options));

const withKey = (rig: Rig, options: ClientOptions): ClientOptions => ({
  ...options,
  headers: { 'X-API-Key': rig.key, ...options.headers },
});
