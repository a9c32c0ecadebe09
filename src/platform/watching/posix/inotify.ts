/**
 * Linux: inotify(7), one watch for each folder.
 *
 * Not `fs.watch` (Bun 1.4.5). Recursive, it watches also what is excluded, and walks the tree before it returns: 1.5 s without an
 * answer to anybody for the 17,667 folders of a /usr. For each folder, its watchers of one path are one: while another one of a
 * folder that is gone is open, a new one of a folder under the same name never hears of anything.
 *
 * A watch belongs to the folder, not to its name: what was moved keeps it, so that `add` says under which name it is now, and what
 * was deleted loses it, which is a hint of its own.
 */
import { fail, ok, type Result } from '../../../core/failure.ts';
import { errno, inotify } from '../../api/posix/inotify.ts';
import { close } from '../../files/close.ts';
import { machinePaths } from '../../machine-paths/index.ts';
import type { RawPath } from '../../machine-paths/machine-paths.ts';
import type { HintReceiver, HintSource, NotWatched } from '../watching.ts';

// <sys/inotify.h>
const IN_MODIFY = 0x2;
const IN_ATTRIB = 0x4;
const IN_CLOSE_WRITE = 0x8;
const IN_MOVED_FROM = 0x40;
const IN_MOVED_TO = 0x80;
const IN_CREATE = 0x100;
const IN_DELETE = 0x200;
const IN_DELETE_SELF = 0x400;
const IN_Q_OVERFLOW = 0x4000;
const IN_IGNORED = 0x8000;
const IN_ONLYDIR = 0x100_0000;
const IN_DONT_FOLLOW = 0x200_0000;
const IN_EXCL_UNLINK = 0x400_0000;
const FLAGS = 0x8_0800; // IN_CLOEXEC | IN_NONBLOCK
const MASK =
  IN_MODIFY |
  IN_ATTRIB |
  IN_CLOSE_WRITE |
  IN_MOVED_FROM |
  IN_MOVED_TO |
  IN_CREATE |
  IN_DELETE |
  IN_DELETE_SELF |
  IN_ONLYDIR |
  IN_DONT_FOLLOW |
  IN_EXCL_UNLINK;
// <errno.h>
const EACCES = 13;
const EPERM = 1;
const ENOSPC = 28;
const GONE: readonly number[] = [2 /* ENOENT */, 20 /* ENOTDIR */, 36 /* ENAMETOOLONG */, 40 /* ELOOP */];

/** struct inotify_event { int wd; uint32_t mask, cookie, len; char name[]; } */
const HEAD_BYTES = 16;
const { paths } = machinePaths;

export function inotifySource(_root: RawPath, receiver: HintReceiver): Result<HintSource, NotWatched> {
  const fd = inotify().inotify_init1(FLAGS);
  return fd < 0 ? fail(limit('fs.inotify.max_user_instances')) : ok(new InotifySource(fd, receiver));
}

class InotifySource implements HintSource {
  readonly #fd: number;
  readonly #receiver: HintReceiver;
  readonly #folders = new Map<number, RawPath>();
  readonly #watches = new Map<RawPath, number>();
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #closed = false;

  constructor(fd: number, receiver: HintReceiver) {
    this.#fd = fd;
    this.#receiver = receiver;
    // Bun has the event loop wait for it, reads a copy of the descriptor, and never with less room than 16 KiB: whole events.
    this.#reader = Bun.file(fd).stream().getReader();
    void this.#follow();
  }

  add(folder: RawPath): Result<undefined, NotWatched> {
    const name = Buffer.concat([Buffer.from(folder, 'latin1'), Buffer.alloc(1)]);
    const watch = inotify().inotify_add_watch(this.#fd, name, MASK);
    if (watch < 0) return fail(refusalOf(errno()));
    const before = this.#watches.get(folder);
    // Another folder had this name, and may be watched under another one by now.
    if (before !== undefined && before !== watch) this.#forget(before, folder);
    this.#folders.set(watch, folder);
    this.#watches.set(folder, watch);
    return ok(undefined);
  }

  remove(folder: RawPath): void {
    const watch = this.#watches.get(folder);
    if (watch === undefined) return;
    this.#watches.delete(folder);
    this.#forget(watch, folder);
  }

  #forget(watch: number, folder: RawPath): void {
    if (this.#folders.get(watch) !== folder) return;
    this.#folders.delete(watch);
    // Fails where the folder is gone, and its watch with it.
    inotify().inotify_rm_watch(this.#fd, watch);
  }

  async #follow(): Promise<void> {
    try {
      for (;;) {
        const { done, value } = await this.#reader.read();
        if (done || this.#closed) return;
        this.#read(Buffer.from(value.buffer, value.byteOffset, value.byteLength));
      }
    } catch (error) {
      // Cancelled in the middle of a read.
      if (!this.#closed) throw error;
    }
  }

  #read(bytes: Buffer): void {
    for (let at = 0; at < bytes.length;) {
      const nameBytes = bytes.readUInt32LE(at + 12);
      const padded = bytes.toString('latin1', at + HEAD_BYTES, at + HEAD_BYTES + nameBytes);
      this.#tell(bytes.readInt32LE(at), bytes.readUInt32LE(at + 4), padded.replace(/\0+$/, ''));
      at += HEAD_BYTES + nameBytes;
    }
  }

  #tell(watch: number, mask: number, name: string): void {
    if ((mask & IN_Q_OVERFLOW) !== 0) return this.#receiver.lost();
    const folder = this.#folders.get(watch);
    if (folder === undefined) return;
    if ((mask & IN_IGNORED) !== 0) {
      this.#folders.delete(watch);
      if (this.#watches.get(folder) === watch) this.#watches.delete(folder);
    }
    // Of the folder itself: whether another one is there by now, the one above it knows.
    if (name === '' && folder !== paths.dirname(folder)) {
      this.#receiver.changed(paths.dirname(folder), paths.basename(folder));
      return this.#receiver.changed(folder, undefined);
    }
    this.#receiver.changed(folder, name === '' ? undefined : name);
  }

  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    void this.#reader.cancel().catch(() => undefined);
    close(this.#fd);
  }
}

function refusalOf(error: number): NotWatched {
  if (GONE.includes(error)) return { reason: 'gone' };
  if (error === EACCES || error === EPERM) return { reason: 'not-permitted' };
  return error === ENOSPC
    ? limit('fs.inotify.max_user_watches')
    : { reason: 'system-limit', detail: `the system watches no more folders (error ${error} of inotify_add_watch)` };
}

const limit = (sysctl: string): NotWatched => ({
  reason: 'system-limit',
  detail: `the system watches no more folders: raise the sysctl ${sysctl}`,
});
