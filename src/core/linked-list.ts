/**
 * What comes and goes often, and is looked through seldom. Not a Set: what one of JavaScriptCore has had in it is kept by the tables
 * that it has outgrown, until a full collection, and makes all the others take ten times as long under many short requests.
 */
export class LinkedList<Item extends Link> {
  readonly #head = new Link();

  /** It goes when it is disposed of. */
  add(item: Item): Item {
    item.follow(this.#head);
    return item;
  }

  /** Those that are there now, the newest first. */
  items(): Item[] {
    const found: Item[] = [];
    for (let at = this.#head.next; at !== undefined; at = at.next) found.push(at as Item);
    return found;
  }
}

/** What can be in a list, and in one alone. */
export class Link implements Disposable {
  #previous: Link | undefined;
  #next: Link | undefined;

  get next(): Link | undefined {
    return this.#next;
  }

  /** Whether it is in a list. */
  get isLinked(): boolean {
    return this.#previous !== undefined;
  }

  follow(previous: Link): void {
    this.#previous = previous;
    this.#next = previous.#next;
    if (this.#next !== undefined) this.#next.#previous = this;
    previous.#next = this;
  }

  [Symbol.dispose](): void {
    if (this.#previous !== undefined) this.#previous.#next = this.#next;
    if (this.#next !== undefined) this.#next.#previous = this.#previous;
    this.#previous = undefined;
    this.#next = undefined;
  }
}
