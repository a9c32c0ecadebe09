/** Names by which a target knows itself. */
export const TARGET_NAMES: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]', '::1']);

/** Whether a target means itself by that address. */
export const isTarget = ({ hostname, port: given }: URL, port: number): boolean =>
  TARGET_NAMES.has(hostname) && Number(given || 80) === port;
