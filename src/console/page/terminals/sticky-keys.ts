/** Ctrl and Alt of a touch screen: pressed first, and then part of the next key. */
export type Modifier = 'ctrl' | 'alt';

// eslint-disable-next-line no-control-regex -- an escape is how the sequence of a key begins
const LETTER_KEY = /^\u001b[[O]([A-DFH])$/;
// eslint-disable-next-line no-control-regex -- the same
const NUMBER_KEY = /^\u001b\[(\d+)~$/;

export class StickyKeys {
  readonly #pressed = new Set<Modifier>();
  /** Called when they change. */
  changed: () => void = () => {};

  isPressed(modifier: Modifier): boolean {
    return this.#pressed.has(modifier);
  }

  press(modifier: Modifier): void {
    if (!this.#pressed.delete(modifier)) this.#pressed.add(modifier);
    this.changed();
  }

  /** The key as a keyboard with these modifiers would have sent it; they are released. */
  applyTo(key: string): string {
    if (this.#pressed.size === 0) return key;
    const [ctrl, alt] = [this.#pressed.has('ctrl'), this.#pressed.has('alt')];
    this.#pressed.clear();
    this.changed();
    const code = 1 + (alt ? 2 : 0) + (ctrl ? 4 : 0);
    if (LETTER_KEY.test(key)) return key.replace(LETTER_KEY, `\u001b[1;${code}$1`);
    if (NUMBER_KEY.test(key)) return key.replace(NUMBER_KEY, `\u001b[$1;${code}~`);
    return `${alt ? '\u001b' : ''}${ctrl ? controlOf(key.charAt(0)) + key.slice(1) : key}`;
  }
}

function controlOf(character: string): string {
  if (character === ' ') return '\u0000';
  if (character === '?') return '\u007f';
  return /[@-_a-z]/.test(character) ? String.fromCharCode(character.charCodeAt(0) & 0x1f) : character;
}
