/** The machines that executables are made for. */

/** Our names, and what Bun and npm call the same thing. */
export const BUN_TARGETS = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-aarch64',
  'linux-x64-musl': 'linux-x64-musl',
  'linux-arm64-musl': 'linux-aarch64-musl',
  'darwin-x64': 'darwin-x64',
  'darwin-arm64': 'darwin-aarch64',
  'windows-x64': 'windows-x64',
  'windows-arm64': 'windows-aarch64',
} as const;

export type Target = keyof typeof BUN_TARGETS;

export const EVERY_TARGET = Object.keys(BUN_TARGETS) as Target[];

export const isTarget = (name: string): name is Target => Object.hasOwn(BUN_TARGETS, name);
