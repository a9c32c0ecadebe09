/**
 * The copy of a file that an editor works on, in a folder for this user alone and under the file's own name, by which
 * editors know its language. It is removed unless what is in it is nowhere else.
 */
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '../../client/client.ts';
import { chunksOf } from '../../client/chunks.ts';
import { ClientError } from '../../client/failure.ts';
import { codeOf } from '../../core/failure.ts';

const SILENCE_MS = 45_000;
/** The same as in a request: nothing may be there. */
const NOTHING = 'none';
/** What names may not have somewhere. */
// eslint-disable-next-line no-control-regex -- they are among it
const UNUSABLE = /[<>:"|?*\u0000-\u001f]/g;
const MAX_NAME_LENGTH = 100;

export interface Original {
  /** `none`: there is no such file yet. */
  readonly version: string;
  /** Undefined where there is no such file. */
  readonly sha256: string | undefined;
}

export class EditedCopy implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'agent-server-edit-'));
  readonly path: string;
  #kept = false;

  /** `remotePath`: in the form of either system. */
  constructor(remotePath: string) {
    const name = (remotePath.split(/[\\/]/).at(-1) ?? '').replaceAll(UNUSABLE, '_').slice(-MAX_NAME_LENGTH);
    this.path = join(this.#folder, /^\.*$/.test(name) ? 'file' : name);
  }

  /** Rejects as reading does, but for a file that is not there: then there is no copy yet. */
  async load(client: Client, remotePath: string): Promise<Original> {
    try {
      const response = await client.files.read(remotePath);
      const hash = new Bun.CryptoHasher('sha256');
      await using handle = await open(this.path, 'wx', 0o600);
      if (response.body !== null) {
        for await (const chunk of chunksOf(response.body, SILENCE_MS)) {
          hash.update(chunk);
          await handle.writeFile(chunk);
        }
      }
      const version = (response.headers.get('etag') ?? '').replace(/^W\//, '').replaceAll('"', '');
      return { version, sha256: hash.digest('hex') };
    } catch (error) {
      if (!(error instanceof ClientError && error.status === 404)) throw error;
      return { version: NOTHING, sha256: undefined };
    }
  }

  /** SHA-256 of what is in it; undefined where the editor has made no file. */
  async hash(): Promise<string | undefined> {
    const hash = new Bun.CryptoHasher('sha256');
    try {
      for await (const chunk of createReadStream(this.path)) hash.update(chunk as Uint8Array);
      return hash.digest('hex');
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** It stays where it is. */
  keep(): void {
    this.#kept = true;
  }

  [Symbol.dispose](): void {
    if (!this.#kept) rmSync(this.#folder, { recursive: true, force: true });
  }
}
