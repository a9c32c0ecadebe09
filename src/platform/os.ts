/** Which system this is. Only the `index.ts` of a capability asks; the rest of the house asks the capability. */
export const isWindows = process.platform === 'win32';
