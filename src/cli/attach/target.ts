/**
 * Which terminal `attach` attaches to, as with `tmux new -A -s NAME`: the one with that name or id, or a new one with that
 * name. Without a name: the only one that runs, or a new one named `main`; if several run, the user has to name one.
 */
import type { Client } from '../../client/client.ts';
import { ClientError } from '../../client/failure.ts';
import { ID_PATTERN } from '../../core/id.ts';
import type { TerminalResource, TerminalRequest } from '../../protocol/terminal.ts';
import { complain, note } from '../output.ts';
import { terminalTable } from '../terminals/table.ts';
import { PROGRAM } from '../command/program.ts';
import { refuseUsage } from '../command/usage.ts';

const DEFAULT_NAME = 'main';

export interface TargetRequest {
  readonly name: string | undefined;
  /** No terminal is created for a user who only watches. */
  readonly readonly: boolean;
  /** For a new terminal. */
  readonly request: TerminalRequest;
}

export interface Target {
  readonly terminal: TerminalResource;
  /** By this call. */
  readonly created: boolean;
}

/** How to name it on a command line. */
export const labelOf = ({ name, id }: TerminalResource): string => name ?? id;

/** A number is an exit code; the failure has been reported. */
export async function findOrCreate(client: Client, wanted: TargetRequest): Promise<Target | number> {
  const name = wanted.name ?? (await onlyOne(client));
  if (typeof name === 'number') return name;
  const found = await byName(client, name);
  if (found !== undefined) return { terminal: found, created: false };
  if (wanted.readonly || ID_PATTERN.test(name)) {
    complain(
      wanted.name === undefined
        ? `there is no terminal to watch; create one with: ${PROGRAM} attach`
        : `there is no terminal ${JSON.stringify(name)}; see ${PROGRAM} terminals`,
    );
    return 1;
  }
  return { terminal: await client.terminals.open({ ...wanted.request, name }), created: true };
}

async function onlyOne(client: Client): Promise<string | number> {
  const running = (await client.terminals.list()).filter(({ status }) => status === 'running');
  const [first, second] = running;
  if (second === undefined) return first?.id ?? DEFAULT_NAME;
  note(terminalTable(running, Date.now()));
  return refuseUsage(`several terminals are running; name one, as in ${PROGRAM} attach NAME`, 'attach');
}

async function byName(client: Client, name: string): Promise<TerminalResource | undefined> {
  try {
    return await client.terminals.get(name);
  } catch (error) {
    if (error instanceof ClientError && error.status === 404) return undefined;
    throw error;
  }
}
