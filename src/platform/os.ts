/** Which system this is. Only the `index.ts` of a capability asks; all other code asks the capability. */
export const isWindows = process.platform === 'win32';
