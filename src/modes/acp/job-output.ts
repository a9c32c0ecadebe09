/**
 * The agent's text and its stderr in the files of its job, where those of other jobs are. What cannot be written now, as on
 * a full disk, is written before what comes next.
 */
import { openSync, writeSync } from 'node:fs';
import { fieldsOf, textOf, type SessionEntry } from '../../agents/session/entry.ts';
import { messageOf } from '../../core/failure.ts';
import type { JobFolder, OutputStream } from '../../jobs/folder.ts';
import { close } from '../../platform/files/close.ts';

/** Of each stream; the log of the session has all of it. */
const MAX_UNWRITTEN_BYTES = 1024 * 1024;

export class JobOutput {
  readonly #folder: JobFolder;
  readonly #unwritten: Record<OutputStream, Buffer> = { stdout: Buffer.of(), stderr: Buffer.of() };
  #lost: string | undefined;

  constructor(folder: JobFolder) {
    this.#folder = folder;
  }

  take({ event, data }: SessionEntry): void {
    const fields = fieldsOf(data);
    const content = fieldsOf(fields['content']);
    if (event === 'stderr') this.write('stderr', `${textOf(fields['text']) ?? ''}\n`);
    else if (event === 'agent_message_chunk' && content['type'] === 'text')
      this.write('stdout', textOf(content['text']) ?? '');
  }

  /** Tries once more. Says what is missing all the same. */
  finish(): readonly string[] {
    for (const stream of ['stdout', 'stderr'] as const) {
      const why = this.write(stream, '');
      if (why !== undefined) this.#lost = why;
    }
    return this.#lost === undefined ? [] : [`not all output of the agent could be written: ${this.#lost}`];
  }

  /** Why it has to wait, where it has to. */
  write(stream: OutputStream, text: string): string | undefined {
    let rest = Buffer.concat([this.#unwritten[stream], Buffer.from(text)]);
    if (rest.length === 0) return undefined;
    let fd: number | undefined;
    try {
      fd = openSync(this.#folder.output(stream), 'a', 0o600);
      while (rest.length > 0) rest = rest.subarray(writeSync(fd, rest));
      return undefined;
    } catch (error) {
      if (rest.length > MAX_UNWRITTEN_BYTES) {
        this.#lost = messageOf(error);
        rest = Buffer.of();
      }
      return messageOf(error);
    } finally {
      this.#unwritten[stream] = rest;
      if (fd !== undefined) close(fd);
    }
  }
}
