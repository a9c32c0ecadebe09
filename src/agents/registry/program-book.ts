/**
 * What has been found out of the programs of agents, each by its path and the time it was last changed: its package at
 * once, its answer to `--version` in the background.
 */
import { statSync } from 'node:fs';
import type { Identify, ProgramFacts } from './known-agent.ts';
import { packageOf } from './npm-package.ts';
import type { VersionQuestions } from './version-question.ts';

interface Entry extends ProgramFacts {
  readonly changedAt: number;
  readonly package: ProgramFacts['package'];
  answer: ProgramFacts['answer'];
  asked: boolean;
}

export class ProgramBook {
  readonly #questions: VersionQuestions;
  readonly #entries = new Map<string, Entry>();
  readonly #asking = new Set<Promise<void>>();

  constructor(questions: VersionQuestions) {
    this.#questions = questions;
  }

  factsOf(path: string): ProgramFacts {
    return this.#entryOf(path);
  }

  /** Asks the program for its version, in the background, where it may be asked and has not been. */
  askOnce(path: string, identify: Identify, env: Readonly<Record<string, string>>): void {
    const entry = this.#entryOf(path);
    if (identify.versionOutput === undefined || entry.asked) return;
    entry.asked = true;
    const asking = this.#ask(path, env, entry).finally(() => this.#asking.delete(asking));
    this.#asking.add(asking);
  }

  /** Resolves when no question is open. */
  async settled(): Promise<void> {
    while (this.#asking.size > 0) await Promise.all(this.#asking);
  }

  async #ask(path: string, env: Readonly<Record<string, string>>, entry: Entry): Promise<void> {
    const answer = await this.#questions.ask(path, env);
    entry.answer = answer === 'silent' ? undefined : answer;
  }

  #entryOf(path: string): Entry {
    const changedAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    const entry = this.#entries.get(path);
    if (entry?.changedAt === changedAt) return entry;
    const fresh: Entry = { changedAt, package: packageOf(path), answer: undefined, asked: false };
    this.#entries.set(path, fresh);
    return fresh;
  }
}
