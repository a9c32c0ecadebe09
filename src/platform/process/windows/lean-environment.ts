/** The environment of a second process of this program. */

/**
 * Only what a program needs to start: no key of ours, and nothing that makes Bun run something else
 * (`BUN_OPTIONS`, `BUN_BE_BUN`).
 */
export function leanEnvironment(): Record<string, string> {
  const needed = new Set(['SYSTEMROOT', 'WINDIR', 'TEMP', 'TMP']);
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && needed.has(name.toUpperCase())) kept[name] = value;
  }
  return kept;
}
