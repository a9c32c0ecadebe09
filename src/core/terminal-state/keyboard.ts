/**
 * How the keyboard of one screen reports its keys: a stack of flags that programs push and pop.
 * https://sw.kovidgoyal.net/kitty/keyboard-protocol/#progressive-enhancement
 */

const MAX_PUSHED = 16;
/** The digits of all flags together, and more than any terminal has. */
const MAX_FLAGS = 255;

export class Keyboard {
  #flags = 0;
  /** The flags under those in force, oldest first. */
  #under: number[] = [];

  /** A sequence without its `CSI`: `>1u`, `<2u`, `=5;1u`. False where it is another one. */
  take(sequence: string): boolean {
    const [, how, first = '', second = ''] = /^([<=>])(\d*)(?:;(\d*))?u$/.exec(sequence) ?? [];
    if (how === undefined) return false;
    const number = Math.min(Number(first), MAX_FLAGS);
    if (how === '>') {
      this.#under = [...this.#under, this.#flags].slice(-MAX_PUSHED);
      this.#flags = number;
    } else if (how === '<') {
      for (let count = number || 1; count > 0; count -= 1) this.#flags = this.#under.pop() ?? 0;
    } else {
      this.#flags = second === '2' ? this.#flags | number : second === '3' ? this.#flags & ~number : number;
    }
    return true;
  }

  /** What makes a fresh keyboard report so. */
  get sequence(): string {
    // The first flags are set, the others are pushed over them.
    const pushed = [...this.#under.slice(1), this.#flags].map((flags) => `\u001b[>${flags}u`);
    const first = this.#under[0] ?? this.#flags;
    return [...(first === 0 ? [] : [`\u001b[=${first}u`]), ...(this.#under.length > 0 ? pushed : [])].join('');
  }

  /** What undoes that. */
  get undo(): string {
    return this.sequence === '' ? '' : '\u001b[<99u\u001b[=0u';
  }
}
