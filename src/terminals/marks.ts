/**
 * Where a shell's prompts and commands begin and end, read from the OSC 133 marks that our shell integration prints.
 *
 *   unknown ──B──▶ prompt ──C──▶ running ──D, A──▶ between ──B──▶ prompt
 *                     └────────────D──────────────────▲
 *
 *   A  a prompt begins                      B  it ends, and typing begins
 *   C  Enter was pressed, output begins     D;CODE  output ends
 *
 * `absent`: no mark has come when one was due; the first one that comes ends this state. A and B are repeated whenever the
 * shell redraws its prompt, as with a line that wraps. Without C there was nothing to run: a syntax error. Without D the
 * exit code is not known: the user has removed our hook.
 *
 * Every mark carries a secret of its terminal as `aid=`, the application id of the protocol
 * (https://gitlab.freedesktop.org/Per_Bothner/specifications/blob/master/proposals/semantic-prompts.md): marks that a program
 * prints by itself, or a shell inside the shell, are ignored.
 */
import { secureRandom, type RandomBytes } from '../core/id.ts';

export type MarkKind = 'A' | 'B' | 'C' | 'D';

export interface Mark {
  readonly kind: MarkKind;
  /** With D, where the shell reports it. */
  readonly exitCode: number | undefined;
  /** Offsets in the terminal's output of the mark's first byte and of the byte after it. */
  readonly start: number;
  readonly end: number;
}

/** Shells that understand the same keys and scripts. */
export type ShellFamily = 'bash' | 'zsh' | 'powershell';

export type ShellState = 'unknown' | 'absent' | 'prompt' | 'running' | 'between';

export const newMarkSecret = (random: RandomBytes = secureRandom): string => random(16).toHex();

const PREFIX = Buffer.from('\u001b]133;');
/** Bytes of the longest mark that is one of ours. */
const MAX_LENGTH = 96;
const BEL = 0x07;
const ESC = 0x1b;

export class Marks {
  readonly family: ShellFamily;
  readonly #pattern: RegExp;
  readonly #listeners = new Set<(mark: Mark) => void>();
  #state: ShellState = 'unknown';
  /** Offset after the last byte that was fed. */
  #offset = 0;
  /** What may be the beginning of a mark whose rest has not come yet. */
  #held: Uint8Array = new Uint8Array();

  constructor(secret: string, family: ShellFamily) {
    this.family = family;
    this.#pattern = new RegExp(`^([ABCD])(?:;(-?\\d{1,10}))?;aid=${secret}$`);
  }

  get state(): ShellState {
    return this.#state;
  }

  /** No mark came when one was due: this shell prints none. */
  giveUp(): void {
    this.#state = 'absent';
  }

  /** Called for each mark, in order, while the chunk that completes it is fed. Returns the undo. */
  onMark(listener: (mark: Mark) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The output's next bytes, all of them in order. */
  feed(chunk: Uint8Array): void {
    const data = this.#held.length === 0 ? asBuffer(chunk) : Buffer.concat([this.#held, chunk]);
    const base = this.#offset - this.#held.length;
    this.#offset += chunk.length;
    this.#held = new Uint8Array();
    let at = 0;
    for (;;) {
      const start = data.indexOf(PREFIX, at);
      if (start === -1) break;
      const ending = endOfMark(data, start + PREFIX.length);
      if (ending === 'unfinished') {
        this.#held = data.slice(start);
        return;
      }
      at = start + PREFIX.length;
      if (ending === 'none') continue;
      this.#take(data.toString('latin1', at, ending.text), base + start, base + ending.after);
      at = ending.after;
    }
    this.#held = data.slice(Math.max(at, data.length - beginningOfPrefix(data)));
  }

  #take(text: string, start: number, end: number): void {
    const match = this.#pattern.exec(text);
    if (match === null) return;
    const kind = match[1] as MarkKind;
    this.#state = stateAfter(this.#state, kind);
    const exitCode = kind === 'D' && match[2] !== undefined ? Number(match[2]) : undefined;
    for (const listener of this.#listeners) listener({ kind, exitCode, start, end });
  }
}

function stateAfter(state: ShellState, kind: MarkKind): ShellState {
  switch (kind) {
    case 'C':
      return 'running';
    case 'D':
      return 'between';
    case 'A':
      return state === 'prompt' ? 'prompt' : 'between';
    case 'B':
      // A prompt that is drawn while a command runs is not the shell's own.
      return state === 'running' ? 'running' : 'prompt';
  }
}

type Ending = 'unfinished' | 'none' | { readonly text: number; readonly after: number };

function endOfMark(data: Uint8Array, from: number): Ending {
  const stop = Math.min(data.length, from + MAX_LENGTH);
  for (let at = from; at < stop; at += 1) {
    if (data[at] === BEL) return { text: at, after: at + 1 };
    if (data[at] !== ESC) continue;
    if (at + 1 === data.length) return 'unfinished';
    return data[at + 1] === 0x5c ? { text: at, after: at + 2 } : 'none';
  }
  return stop === data.length && stop < from + MAX_LENGTH ? 'unfinished' : 'none';
}

/** How many bytes at the end of the data are the beginning of a mark. */
function beginningOfPrefix(data: Buffer): number {
  for (let length = Math.min(PREFIX.length - 1, data.length); length > 0; length -= 1) {
    if (data.subarray(data.length - length).equals(PREFIX.subarray(0, length))) return length;
  }
  return 0;
}

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
