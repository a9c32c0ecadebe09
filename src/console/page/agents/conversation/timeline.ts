/** The entries of a conversation in their order, and which of them have to be drawn again. */
import type { Entry, NotesEntry } from './entry.ts';

/** Of lines of one kind in a row, the last characters are kept. */
const MAX_NOTE_LENGTH = 20_000;

export class Timeline {
  readonly entries: Entry[] = [];
  readonly #changed = new Set<Entry>();

  add(entry: Entry): void {
    this.entries.push(entry);
    this.#changed.add(entry);
  }

  change(entry: Entry): void {
    this.#changed.add(entry);
  }

  note(id: number, kind: NotesEntry['kind'], text: string): void {
    const last = this.entries.at(-1);
    if (last?.at === 'notes' && last.kind === kind) {
      last.text = `${last.text}\n${text}`.slice(-MAX_NOTE_LENGTH);
      last.count += 1;
      this.change(last);
    } else this.add({ id, at: 'notes', kind, text: text.slice(-MAX_NOTE_LENGTH), count: 1 });
  }

  /** Entries that are new or have changed since the last call. */
  takeChanged(): Entry[] {
    const changed = [...this.#changed];
    this.#changed.clear();
    return changed;
  }

  /** Drops the first entries, and returns them. */
  forget(count: number): Entry[] {
    const gone = this.entries.splice(0, count);
    for (const entry of gone) this.#changed.delete(entry);
    return gone;
  }
}
