/**
 * Where a shell's prompts and commands begin and end, read from the OSC 133 marks that our shell integration prints.
 *
 *   unknown ──B──▶ prompt ──C──▶ running ──D, A──▶ between ──B──▶ prompt
 *                   │  └────────────D, A──────────────▲
 *                   └──P──▶ continuation ──C, D, A, as from the prompt
 *
 *   A;CODE;N   the Nth prompt begins, after a command that ended with CODE       B   it ends, and typing begins
 *   C          Enter was pressed, output begins                                  D;CODE   output ends
 *   P          a prompt for the rest of a command has ended, as within an open quote
 *   K;LENGTH   the shell was asked for it by a key (ASK_LINE in typed-input.ts), and has so many characters on its line
 *
 * `absent`: no mark has come when one was due; the first one that comes ends this state. A and B are repeated, with the
 * same N, whenever the shell redraws its prompt, as with a line that wraps. Without C there was nothing to run: a syntax
 * error. D has no code where something else may have changed it before our hook saw it, and is missing where the user has
 * removed that hook; A has the code then.
 *
 * Every mark carries a secret of its terminal as `aid=`, the application id of the protocol
 * (https://gitlab.freedesktop.org/Per_Bothner/specifications/blob/master/proposals/semantic-prompts.md): marks that a program
 * prints by itself, or a shell inside the shell, are ignored. Where the secret comes without its mark around it, as out of
 * a console that shows what it should understand, the marks are `broken`: they stand in the text, and say nothing.
 */
import { secureRandom, type RandomBytes } from '../core/id.ts';

export type MarkKind = 'A' | 'B' | 'C' | 'D' | 'K' | 'P';

export interface Mark {
  readonly kind: MarkKind;
  /** With D and A, where the shell reports it. */
  readonly exitCode: number | undefined;
  /** With K: characters on the line. */
  readonly length: number | undefined;
  /** With A: whether the prompt is a new one, not drawn again. */
  readonly fresh: boolean;
  /** Offsets in the terminal's output of the mark's first byte and of the byte after it. */
  readonly start: number;
  readonly end: number;
}

/** Shells that understand the same keys and scripts. */
export type ShellFamily = 'bash' | 'zsh' | 'powershell';

export type ShellState = 'unknown' | 'absent' | 'broken' | 'prompt' | 'continuation' | 'running' | 'between';

export const newMarkSecret = (random: RandomBytes = secureRandom): string => random(16).toHex();

const PREFIX = Buffer.from('\u001b]133;');
/** Bytes of the longest mark that is one of ours. */
const MAX_LENGTH = 96;
const BEL = 0x07;
const ESC = 0x1b;

export class Marks {
  readonly family: ShellFamily;
  readonly #secret: string;
  /** Enough of the secret to know it by: a console may have wrapped the rest. */
  readonly #trace: Buffer;
  readonly #pattern: RegExp;
  readonly #listeners = new Set<(mark: Mark) => void>();
  #state: ShellState = 'unknown';
  /** Offset after the last byte that was fed. */
  #offset = 0;
  /** What may be the beginning of a mark whose rest has not come yet. */
  #held: Uint8Array = new Uint8Array();
  /** The last bytes that were no mark: the secret may be cut, too. */
  #tail: Uint8Array = new Uint8Array();
  #prompts: number | undefined;
  #startedAt = 0;
  #endedAt = 0;
  #promptStart = 0;
  #promptEnd = 0;

  constructor(secret: string, family: ShellFamily) {
    this.family = family;
    this.#secret = secret;
    this.#trace = Buffer.from(`aid=${secret.slice(0, 8)}`);
    this.#pattern = new RegExp(`^([ABCDKP])(?:;(-?\\d{1,10})?)?(?:;(\\d{1,10}))?;aid=${secret}$`);
  }

  get state(): ShellState {
    return this.#state;
  }

  /** Whether the last command ran then. */
  wasRunning(offset: number): boolean {
    return offset >= this.#startedAt && offset < this.#endedAt;
  }

  /** Offset at which the last prompt begins. */
  get promptStart(): number {
    return this.#promptStart;
  }

  /** Offset after the last prompt: what is typed there begins here. */
  get promptEnd(): number {
    return this.#promptEnd;
  }

  /** No mark came when one was due: this shell prints none. */
  giveUp(): void {
    if (this.#state !== 'broken') this.#state = 'absent';
  }

  /** The shell waits for the rest of a command, and has no mark for that. */
  waitsForRest(): void {
    this.#state = 'continuation';
  }

  /** The output without marks that are broken, which a console may have wrapped, and whose ends it may have taken. */
  withoutBroken(text: string): string {
    if (this.#state !== 'broken') return text;
    const between = '(?:\\s|\\u001b\\[[\\d;?]*[A-Za-z])*';
    const spread = (part: string) => part.replaceAll(/.(?!$)/g, `$&${between}`);
    const head = `[\\u001b␛]?\\]?${spread('133;')}${between}[ABCDKP]${between}[-;\\d\\s]*`;
    const mark = head + spread(`;aid=${this.#secret}`);
    return text.replaceAll(new RegExp(mark, 'g'), '');
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
    /** Where what is no mark begins. */
    let plain = 0;
    for (;;) {
      const start = data.indexOf(PREFIX, at);
      if (start === -1) break;
      const ending = endOfMark(data, start + PREFIX.length);
      if (ending === 'unfinished') {
        this.#look(data.subarray(plain, start));
        this.#held = data.slice(start);
        return;
      }
      if (ending === 'none') {
        at = start + PREFIX.length;
        continue;
      }
      this.#look(data.subarray(Math.min(plain, start), start));
      this.#take(data.toString('latin1', start + PREFIX.length, ending.text), base + start, base + ending.after);
      at = plain = ending.after;
      this.#tail = new Uint8Array();
    }
    this.#held = data.slice(Math.max(at, data.length - beginningOfPrefix(data)));
    this.#look(data.subarray(plain, data.length - this.#held.length));
  }

  /** Looks for the secret in what is no mark. */
  #look(data: Uint8Array): void {
    const text = Buffer.concat([this.#tail, data]);
    if (text.includes(this.#trace)) this.#state = 'broken';
    this.#tail = text.slice(Math.max(0, text.length - this.#trace.length + 1));
  }

  #take(text: string, start: number, end: number): void {
    const match = this.#pattern.exec(text);
    if (match === null) return;
    const kind = match[1] as MarkKind;
    const fresh = kind === 'A' && (match[3] === undefined || Number(match[3]) !== this.#prompts);
    if (fresh && match[3] !== undefined) this.#prompts = Number(match[3]);
    const number = match[2] === undefined ? undefined : Number(match[2]);
    const [exitCode, length] = kind === 'K' ? [undefined, number] : [number, undefined];
    if (kind === 'C') this.#startedAt = end;
    if (this.#state !== 'between' && (kind === 'D' || fresh)) {
      if (this.#state !== 'running') this.#startedAt = start;
      this.#endedAt = start;
    }
    this.#state = stateAfter(this.#state, kind, fresh);
    if (kind === 'A') this.#promptStart = end;
    if (kind === 'B' || kind === 'P') this.#promptEnd = end;
    for (const listener of this.#listeners) listener({ kind, exitCode, length, fresh, start, end });
  }
}

function stateAfter(state: ShellState, kind: MarkKind, fresh: boolean): ShellState {
  if (state === 'broken') return state;
  switch (kind) {
    case 'C':
      return 'running';
    case 'D':
      return 'between';
    case 'A':
      return fresh ? 'between' : state;
    case 'B':
      // A prompt that is drawn while a command runs is not the shell's own.
      return state === 'running' ? 'running' : 'prompt';
    case 'P':
      return 'continuation';
    case 'K':
      // An interrupt may have dropped the output with the prompt.
      return state === 'continuation' ? state : 'prompt';
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
