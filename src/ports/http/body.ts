/** The body of an answer, as it comes in pieces. */
import type { Result } from '../../core/failure.ts';
import type { WrongAnswer } from './head.ts';

export interface Body {
  /** Whether all of it has come. */
  readonly isOver: boolean;
  /** What these bytes have of it; what is left of them is no part of it. */
  take(bytes: Uint8Array): Result<Taken, WrongAnswer>;
  /** The connection has ended: whether that is the end of it, too. */
  end(): boolean;
}

export interface Taken {
  readonly pieces: readonly Uint8Array[];
  /** How many bytes came behind its end. */
  readonly beyond: number;
}
