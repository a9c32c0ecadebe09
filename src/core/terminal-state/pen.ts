/**
 * The attributes in which a terminal writes: SGR, ECMA-48 8.3.117 and https://invisible-island.net/xterm/ctlseqs/.
 *
 * Programs change them more often than anything else, so that changes are only noted, and understood when there are many
 * of them or somebody asks.
 */

const MAX_NOTED = 64;

/** Codes that turn on the attributes of a group, of which one is in force at a time, and the code that turns it off. */
const GROUPS: readonly { readonly off: number; readonly on: (code: number) => boolean }[] = [
  { off: 39, on: (code) => (code >= 30 && code <= 38) || (code >= 90 && code <= 97) },
  { off: 49, on: (code) => (code >= 40 && code <= 48) || (code >= 100 && code <= 107) },
  { off: 59, on: (code) => code === 58 },
  { off: 24, on: (code) => code === 4 || code === 21 },
  { off: 23, on: (code) => code === 3 || code === 20 },
  { off: 25, on: (code) => code === 5 || code === 6 },
  { off: 27, on: (code) => code === 7 },
  { off: 28, on: (code) => code === 8 },
  { off: 29, on: (code) => code === 9 },
  { off: 10, on: (code) => code >= 11 && code <= 19 },
  { off: 54, on: (code) => code === 51 || code === 52 },
  { off: 55, on: (code) => code === 53 },
  { off: 65, on: (code) => code >= 60 && code <= 64 },
  { off: 75, on: (code) => code === 73 || code === 74 },
];
/** Two attributes that one code turns off. */
const [BOLD, FAINT, NEITHER] = [1, 2, 22];

export class Pen {
  /** By the code that turns it off, negative for bold and faint: what has turned it on. */
  readonly #attributes = new Map<number, string>();
  #noted: string[] = [];

  /** The parameters of one SGR sequence. */
  take(parameters: string): void {
    if (parameters === '' || parameters === '0') return this.reset();
    this.#noted.push(parameters);
    if (this.#noted.length >= MAX_NOTED) this.#understand();
  }

  reset(): void {
    this.#attributes.clear();
    this.#noted = [];
  }

  copy(): Pen {
    const copy = new Pen();
    copy.#noted = [this.#parameters].filter((all) => all !== '');
    return copy;
  }

  /** What makes a fresh terminal write so. */
  get sequence(): string {
    const parameters = this.#parameters;
    return parameters === '' ? '' : `\u001b[${parameters}m`;
  }

  get #parameters(): string {
    this.#understand();
    return [...this.#attributes.values()].join(';');
  }

  #understand(): void {
    for (const noted of this.#noted) {
      const all = noted.split(';');
      while (all.length > 0) this.#apply(all.splice(0, lengthOfFirst(all)).join(';'));
    }
    this.#noted = [];
  }

  /** One attribute with what belongs to it: `38;5;1`, `4:3`. */
  #apply(attribute: string): void {
    const code = Number.parseInt(attribute, 10) || 0;
    if (code === 0) this.#attributes.clear();
    else if (code === BOLD || code === FAINT) this.#attributes.set(-code, attribute);
    else if (code === NEITHER) for (const one of [BOLD, FAINT]) this.#attributes.delete(-one);
    else if (attribute === '4:0' || GROUPS.some(({ off }) => off === code))
      this.#attributes.delete(attribute === '4:0' ? 24 : code);
    else {
      const group = GROUPS.find(({ on }) => on(code));
      if (group !== undefined) this.#attributes.set(group.off, attribute);
    }
  }
}

/** A colour takes two or four parameters more, where they are not joined by colons. */
function lengthOfFirst([first, kind]: readonly string[]): number {
  if (first !== '38' && first !== '48' && first !== '58') return 1;
  return kind === '5' ? 3 : kind === '2' ? 5 : 1;
}
