/**
 * How to call this program, for commands that a message tells the user to type. An executable need not be on the PATH, so
 * it is named as the user named it; from source there is no command `agent-server`, only npm's script.
 */
export const PROGRAM: string = Bun.isStandaloneExecutable ? process.argv0 : 'npm start --';
