/** Sockets that listen, on Windows: the table names the process of each, whoever asks; the Job Object names its tree. */
import { membersOf } from '../../process/windows/job-object.ts';
import type { ListeningSocket, ListeningSockets } from '../listening.ts';
import { factsOf, type ProcessFacts } from './process-facts.ts';
import { listeningRows } from './tcp-table.ts';

export class WindowsListening implements ListeningSockets {
  async look(trees: readonly string[]): Promise<readonly ListeningSocket[]> {
    const rows = listeningRows();
    const treeOf = new Map(trees.flatMap((treeId) => membersOf(treeId).map((pid) => [pid, treeId] as const)));
    const facts = new Map<number, ProcessFacts>();
    for (const { pid } of rows) if (!facts.has(pid)) facts.set(pid, factsOf(pid));
    return rows.map(({ address, port, family, pid }) => ({
      // One process may listen at one address and port once.
      key: `${pid} ${address} ${port}`,
      port,
      address,
      family,
      pid,
      command: facts.get(pid)?.command ?? null,
      user: facts.get(pid)?.user ?? null,
      treeId: treeOf.get(pid),
    }));
  }
}
