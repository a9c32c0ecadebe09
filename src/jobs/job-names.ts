/** Names that stand for the ids of jobs until these are done. */
import type { JobRecord, JobSpec } from './record.ts';

export interface NameTaken {
  readonly reason: 'name-taken';
  readonly name: string;
  /** Who has it. */
  readonly jobId: string;
}

export class JobNames {
  readonly #ids = new Map<string, string>();

  conflictOf({ name }: JobSpec): NameTaken | undefined {
    const jobId = name === undefined ? undefined : this.#ids.get(name);
    return name === undefined || jobId === undefined ? undefined : { reason: 'name-taken', name, jobId };
  }

  /** The id that is meant: no name looks like one. */
  idOf(idOrName: string): string {
    return this.#ids.get(idOrName) ?? idOrName;
  }

  take({ id, spec: { name } }: JobRecord): void {
    if (name !== undefined) this.#ids.set(name, id);
  }

  release({ id, spec: { name } }: JobRecord): void {
    if (name !== undefined && this.#ids.get(name) === id) this.#ids.delete(name);
  }
}
