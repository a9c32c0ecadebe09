/**
 * Text frames to the server, numbered from 1 on each connection and kept until it is known that they have arrived: what
 * was handed to a socket that breaks may have gone nowhere.
 */
export interface Frame {
  readonly text: string;
  /** Whose message it is. Answers belong to the connection on which they were asked for. */
  readonly from: 'editor' | 'editor-answer' | 'door';
  /** Key of the id, for a request. */
  readonly request?: string;
}

export class KeptFrames {
  /** The first one is number `#arrived + 1`. */
  #frames: Frame[] = [];
  #arrived = 0;
  /** Number of the newest that was handed to a socket. */
  #handed = 0;

  get size(): number {
    return this.#frames.length;
  }

  /** Whether some were handed to no socket yet. */
  get hasUnsent(): boolean {
    return this.#handed < this.#arrived + this.#frames.length;
  }

  add(frame: Frame): void {
    this.#frames.push(frame);
  }

  /** The server has had so many. False where that cannot be: they are not kept any more, or were never sent. */
  counted(arrived: number): boolean {
    if (!(arrived >= this.#arrived && arrived <= this.#handed)) return false;
    this.#frames.splice(0, arrived - this.#arrived);
    this.#arrived = arrived;
    return true;
  }

  /** An answer shows that its request has arrived, and with it all that was sent before. */
  answered(request: string): void {
    const at = this.#frames.findIndex((frame) => frame.request === request);
    if (at >= 0) this.counted(this.#arrived + at + 1);
  }

  /** Those that are to be sent on a new socket of the same connection: all that have not arrived. */
  rewind(): void {
    this.#handed = this.#arrived;
  }

  /** Those that no socket was given yet; from now on they were. */
  take(): readonly Frame[] {
    const taken = this.#frames.slice(this.#handed - this.#arrived);
    this.#handed += taken.length;
    return taken;
  }

  /** Begins anew, for another connection. */
  clear(): { readonly sent: readonly Frame[]; readonly unsent: readonly Frame[] } {
    const sent = this.#frames.slice(0, this.#handed - this.#arrived);
    const unsent = this.#frames.slice(sent.length);
    this.#frames = [];
    this.#arrived = 0;
    this.#handed = 0;
    return { sent, unsent };
  }
}
