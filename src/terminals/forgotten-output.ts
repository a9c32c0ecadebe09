/**
 * The output of a terminal that its scrollback no longer keeps: what is left of it is the state that it has set, which leads
 * every replay of the rest.
 */
import { TerminalState } from '../core/terminal-state/terminal-state.ts';

export class ForgottenOutput {
  readonly #state = new TerminalState();
  /** Bytes of all output at the last change of the size. */
  #resizedAt = 0;

  take(bytes: Uint8Array): void {
    // One character per byte: offsets stay, and no character is cut.
    this.#state.take(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1'));
  }

  resized(at: number): void {
    this.#resizedAt = at;
  }

  /** Escape sequences that bring a fresh terminal into this state; empty for that of a fresh terminal. */
  get state(): string {
    return Buffer.from(this.#state.sequences(this.#resizedAt), 'latin1').toString();
  }
}
