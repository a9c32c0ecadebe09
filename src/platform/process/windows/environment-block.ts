/**
 * The environment as one block: `NAME=value\0` …, sorted by name without case, and a last zero.
 * https://learn.microsoft.com/windows/win32/procthread/changing-environment-variables
 */
export function environmentBlock(env: Readonly<Record<string, string>>): string {
  // `Path` and `PATH` are one variable: the one laid over last counts.
  const byName = new Map<string, string>();
  for (const [name, value] of Object.entries(env)) byName.set(name.toUpperCase(), `${name}=${value}\0`);
  const sorted = [...byName].toSorted(([a], [b]) => (a < b ? -1 : 1));
  // wide() adds the zero that ends the block; an empty block still needs two of them.
  return sorted.length === 0 ? '\0' : sorted.map(([, entry]) => entry).join('');
}
