/**
 * A process of a session's shell, and what it has to have run before a command.
 *
 *   started ──seed──▶ seeded ──bootstrap, if this process has not run that text──▶ ready for the command
 *
 * Each step goes into the process as a command of its own. One that ends with a non-zero exit code, or ends the shell,
 * fails the command, which is then not run; the step counts as not run, so that the next command tries it again. A
 * process that has never been ready is ended then: nothing in it is worth keeping, and the next try begins in a new one.
 * One that was ready before is kept for what earlier commands left in it.
 */
import { appendFileSync, writeFileSync } from 'node:fs';
import { devNull } from 'node:os';
import type { FreshShell } from './factory.ts';
import type { CommandEnd } from './shell-process.ts';

export interface Preparation {
  readonly seedText: string;
  readonly bootstrap: string | undefined;
  /** That of the command, whose caller reads there why a step failed. What the steps print to stdout is discarded. */
  readonly stderr: string;
  /** Where the text of a step is written. */
  readonly scratch: (name: string) => string;
  /** Whether the command has been ended meanwhile: its job reports that, and a step may have been interrupted. */
  readonly stopped: () => boolean;
}

export class SessionShell {
  readonly fresh: FreshShell;
  #ready = false;
  /** Digests of the texts: one may be a megabyte long. */
  readonly #bootstraps = new Set<string>();

  constructor(fresh: FreshShell) {
    this.fresh = fresh;
  }

  /** Whether it has been ready for a command. */
  get ready(): boolean {
    return this.#ready;
  }

  /** Runs the steps that this process lacks. Resolves with the end of the command where one fails. */
  async prepare(preparation: Preparation): Promise<CommandEnd | undefined> {
    const { seedText, bootstrap } = preparation;
    const lacks = bootstrap !== undefined && !this.#bootstraps.has(digest(bootstrap));
    const failure =
      (this.#ready ? undefined : await this.#run('seed', seedText, preparation)) ??
      (lacks ? await this.#run('bootstrap', bootstrap, preparation) : undefined);
    if (failure !== undefined) return this.#ready ? failure : { ...failure, how: 'shell-exited' };
    this.#ready = true;
    if (lacks) this.noteBootstrap(bootstrap);
    return undefined;
  }

  /** This process has run that text. */
  noteBootstrap(text: string): void {
    this.#bootstraps.add(digest(text));
  }

  async #run(step: string, text: string, { stderr, scratch, stopped }: Preparation): Promise<CommandEnd | undefined> {
    writeFileSync(scratch(step), text, { mode: 0o600 });
    const files = { text: scratch(step), stdin: devNull, stdout: devNull, stderr };
    const { how, exitCode } = await this.fresh.shell.run(files);
    if (stopped()) return { how, exitCode };
    if (how === 'finished' && exitCode === 0) return undefined;
    const what = how === 'finished' ? 'failed' : 'ended the shell';
    appendFileSync(stderr, `the session's ${step} ${what} with exit code ${exitCode}; the command was not run\n`);
    return { how, exitCode: exitCode === 0 ? 1 : exitCode };
  }
}

const digest = (text: string): string => Bun.SHA256.hash(text, 'hex');
