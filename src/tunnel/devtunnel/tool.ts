/** The program `devtunnel` as the tunnel uses it. https://learn.microsoft.com/azure/developer/dev-tunnels/cli-commands */
import type { Result } from '../../core/failure.ts';

export type ToolFailure =
  /** It is not on the PATH. */
  | { readonly reason: 'not-found' }
  | { readonly reason: 'not-started'; readonly detail: string }
  /** It was not done after 15 seconds, and was ended. */
  | { readonly reason: 'late' };

/** What a command has printed, and how it ended. */
export interface ToolAnswer {
  /** Undefined where the end was not seen. */
  readonly code: number | undefined;
  /** Standard output, then standard error; without escape sequences. */
  readonly text: string;
}

/** `devtunnel host`, which stays. */
export interface HostProcess {
  readonly pid: number;
  /** Calls back with everything it prints from now on, escape sequences and all. Called once. */
  onOutput(listener: (text: string) => void): void;
  /** Settles when it has ended. Never rejects. */
  readonly exited: Promise<number | undefined>;
  /** Ends it with all it has started. May be called again. */
  end(): Promise<void>;
}

export interface DevtunnelTool extends AsyncDisposable {
  /** Runs a command to its end. Never rejects. */
  run(args: readonly string[]): Promise<Result<ToolAnswer, ToolFailure>>;
  /** Never rejects. */
  host(args: readonly string[]): Promise<Result<HostProcess, ToolFailure>>;
  /** Ends all that runs; nothing is started after this. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** How long any command may take, and `devtunnel host` to print its address. Milliseconds. */
export const LIMIT_MS = 15_000;
