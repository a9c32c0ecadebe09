/** What this room needs of a socket, and the control frames it sends beside the output. */

export type ControlFrame =
  /** First of all: the replay begins at `since` and ends at `next`; `dropped` bytes before it are no longer kept, and `state` is what they have left. */
  | {
      readonly type: 'attached';
      readonly id: string;
      readonly since: number;
      readonly next: number;
      readonly dropped: number;
      readonly state?: string;
    }
  | { readonly type: 'resize'; readonly cols: number; readonly rows: number }
  | { readonly type: 'exit'; readonly exitCode: number }
  | { readonly type: 'pong' }
  | { readonly type: 'error'; readonly message: string };

/** `output` and `control` answer false when nothing more should come until `attachment.drained()` is called. */
export interface Sink {
  /** A raw text frame of at most 64 KiB. */
  output(text: string): boolean;
  /** NUL and JSON. */
  control(frame: ControlFrame): boolean;
  close(code: number, reason: string): void;
}
