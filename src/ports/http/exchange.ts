/**
 * A request to a port and its answer, as whoever asks has them.
 *
 *   asked ──▶ head of the answer ──▶ body, read piece by piece ──its end──▶ over
 *     └──────────────┴──it breaks, or whoever asked leaves───────────────────▲
 */
import type { Result } from '../../core/failure.ts';
import type { AnswerHead } from './head.ts';
import type { RequestHead } from './request-head.ts';

export interface PortRequest extends RequestHead {
  readonly port: number;
  /** Default: it has none. Goes out in chunks where the fields do not state its length. */
  readonly body?: ReadableStream<Uint8Array> | undefined;
}

export type NoAnswer =
  | { readonly reason: 'nothing-listens' }
  | { readonly reason: 'request-impossible' }
  | { readonly reason: 'target-silent'; readonly seconds: number }
  | { readonly reason: 'target-failed'; readonly detail: string };

export interface PortAnswer {
  readonly head: AnswerHead;
  /** All of it, where that has come with the head, as it mostly has; empty where there is none. */
  readonly body: Uint8Array | AnswerStream;
}

export interface AnswerStream {
  /** The next piece; undefined at the end. Rejects where it breaks off before. The port waits while nobody reads. */
  read(): Promise<Uint8Array | undefined>;
  /** Ends the connection; a `read` that waits rejects. */
  leave(): void;
}

export interface PortExchange {
  readonly answer: Promise<Result<PortAnswer, NoAnswer>>;
  /** Whoever asked wants no answer any more, or no more of it. */
  leave(): void;
}
