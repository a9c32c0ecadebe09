/**
 * Which terminal is meant, as with `tmux new -A -s NAME`: the one of that name or id, and a new one of that name where
 * there is none. Without a name: the only one there is, or a new one named `main`; of several the user has to say which.
 */
import type { Client } from '../../client/client.ts';
import { ClientError } from '../../client/failure.ts';
import type { TerminalResource, TerminalRequest } from '../../protocol/terminal.ts';
import { complain, note } from '../output.ts';
import { terminalTable } from '../terminals/table.ts';
import { refuseUsage } from '../command/usage.ts';

const DEFAULT_NAME = 'main';
const AN_ID = /^[0-9a-f]{12}$/;

export interface Wanted {
  readonly name: string | undefined;
  /** Only to look: nothing is made. */
  readonly readonly: boolean;
  /** Of a new one. */
  readonly request: TerminalRequest;
}

export interface Found {
  readonly terminal: TerminalResource;
  /** By us, just now. */
  readonly made: boolean;
}

/** What to call it on a command line. */
export const labelOf = ({ name, id }: TerminalResource): string => name ?? id;

/** A number is an exit code: what is wrong has been said. */
export async function findOrMake(client: Client, wanted: Wanted): Promise<Found | number> {
  const name = wanted.name ?? (await onlyOne(client));
  if (typeof name === 'number') return name;
  const found = await byName(client, name);
  if (found !== undefined) return { terminal: found, made: false };
  if (wanted.readonly || AN_ID.test(name)) {
    complain(
      wanted.name === undefined
        ? 'there is no terminal to look at; agent-server attach makes one'
        : `there is no terminal ${JSON.stringify(name)}; see agent-server terminals`,
    );
    return 1;
  }
  return { terminal: await client.terminals.open({ ...wanted.request, name }), made: true };
}

async function onlyOne(client: Client): Promise<string | number> {
  const running = (await client.terminals.list()).filter(({ status }) => status === 'running');
  const [first, second] = running;
  if (second === undefined) return first?.id ?? DEFAULT_NAME;
  note(terminalTable(running, Date.now()));
  return refuseUsage('which one? Say agent-server attach NAME', 'attach');
}

async function byName(client: Client, name: string): Promise<TerminalResource | undefined> {
  try {
    return await client.terminals.get(name);
  } catch (error) {
    if (error instanceof ClientError && error.status === 404) return undefined;
    throw error;
  }
}
