/**
 * Which tools of programmers are here, and in which version: each is asked with `--version`. Looked up once a minute at most,
 * whoever asks, since it starts a program for each.
 */
import { execFile } from 'node:child_process';
import type { Clock } from '../core/clock.ts';

/** Name → the arguments that make it print its version. All of them are programs of their own, no scripts. */
const TOOLS: Readonly<Record<string, readonly string[]>> = {
  git: ['--version'],
  node: ['--version'],
  bun: ['--version'],
  deno: ['--version'],
  python: ['--version'],
  python3: ['--version'],
  go: ['version'],
  cargo: ['--version'],
  java: ['-version'],
  dotnet: ['--version'],
  gcc: ['--version'],
  clang: ['--version'],
  make: ['--version'],
  cmake: ['--version'],
  docker: ['--version'],
  podman: ['--version'],
};
const FRESH_MS = 60_000;
const LIMIT_MS = 5000;
const MAX_BYTES = 64 * 1024;

export type FindTool = (name: string) => string | undefined;
/** Version, or null where the tool is not there. */
export type Versions = Readonly<Record<string, string | null>>;

export class Tools {
  readonly #find: FindTool;
  readonly #env: Readonly<Record<string, string>>;
  readonly #clock: Clock;
  #known: { readonly at: number; readonly versions: Promise<Versions> } | undefined;

  constructor(find: FindTool, env: Readonly<Record<string, string>>, clock: Clock) {
    this.#find = find;
    this.#env = env;
    this.#clock = clock;
  }

  versions(): Promise<Versions> {
    const now = this.#clock.monotonic();
    if (this.#known === undefined || now - this.#known.at >= FRESH_MS)
      this.#known = { at: now, versions: this.#lookUp() };
    return this.#known.versions;
  }

  async #lookUp(): Promise<Versions> {
    const found = await Promise.all(
      Object.entries(TOOLS).map(async ([name, args]) => {
        const path = this.#find(name);
        return [name, path === undefined ? null : versionIn(await printed(path, args, this.#env))] as const;
      }),
    );
    return Object.fromEntries(found);
  }
}

/** The first number with a point: `git version 2.39.5 (Apple Git-154)` is 2.39.5. */
export const versionIn = (text: string): string | null => text.match(/\d+(?:\.\d+)+(?:[-+.\w]*\w)?/)?.[0] ?? null;

/** What it prints, on either stream: Java uses the other. Empty for one that fails. */
function printed(path: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  return new Promise((resolve) => {
    const limits = { timeout: LIMIT_MS, killSignal: 'SIGKILL', maxBuffer: MAX_BYTES, windowsHide: true } as const;
    const child = execFile(path, [...args], { env, ...limits }, (error, stdout, stderr) =>
      resolve(error === null ? `${stdout}${stderr}` : ''),
    );
    // It cannot ask anybody.
    child.stdin?.end();
  });
}
