/** Reads the parts of a plan that was kept as JSON. */

export const isStrings = (value: unknown): value is Readonly<Record<string, string>> =>
  typeof value === 'object' && value !== null && Object.values(value).every((part) => typeof part === 'string');
