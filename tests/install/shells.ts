/** The shells that install.sh has to work in, those of them that are here, and why nothing of it can be tried where it cannot. */
const SHELLS: readonly (readonly [command: string, ...arguments_: string[]])[] = [
  ['dash'],
  ['bash'],
  ['busybox', 'sh'],
];

export const here = SHELLS.filter(([command]) => Bun.which(command) !== null);

export const whyNoShell = process.platform === 'win32' ? 'Windows has no POSIX shell' : undefined;

for (const [command] of SHELLS)
  if (whyNoShell === undefined && !here.some(([found]) => found === command))
    console.log(`install.sh in ${command}: skipped, there is no ${command}`);
