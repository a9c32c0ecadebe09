/** The agents by id: those that this program knows, and those of the configuration, which go before them. */
import type { Identify, KnownAgent } from './known-agent.ts';

/** What the configuration says of an agent. */
export interface ConfiguredAgent {
  readonly name?: string;
  readonly command: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>>;
}

export interface AgentEntry {
  readonly id: string;
  readonly name: string;
  readonly commands: KnownAgent['commands'];
  readonly env: Readonly<Record<string, string>>;
  readonly homepage?: string;
  readonly identify: Identify;
}

/** Whoever writes a command down knows what it starts; and what `--version` would do with it, nobody knows. */
const AS_CONFIGURED: Identify = { nameIsEnough: true };

export function entriesOf(
  known: readonly KnownAgent[],
  configured: Readonly<Record<string, ConfiguredAgent>>,
): ReadonlyMap<string, AgentEntry> {
  const entries = new Map<string, AgentEntry>(known.map((agent) => [agent.id, { env: {}, ...agent }]));
  for (const [id, { name, command, env = {} }] of Object.entries(configured)) {
    const replaced = entries.get(id);
    entries.set(id, {
      id,
      name: name ?? replaced?.name ?? id,
      commands: [command],
      env,
      identify: AS_CONFIGURED,
      ...(replaced?.homepage !== undefined && { homepage: replaced.homepage }),
    });
  }
  return entries;
}
