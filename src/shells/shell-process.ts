/**
 * One process of a shell that is kept, as a session sees it: it takes one command at a time, and each
 * dialect has its own way to tell a command's output, end and exit code from what the command prints.
 */
import type { InputFailure, ManagedProcess } from '../platform/process/process.ts';

/** Where a command's text is, and where its streams go. All of them are files of the job. */
export interface CommandFiles {
  readonly text: string;
  /** The command reads it as its stdin: a FIFO, or what stands for one on this system. */
  readonly stdin: string;
  readonly stdout: string;
  readonly stderr: string;
}

export type CommandEnd =
  | { readonly how: 'finished'; readonly exitCode: number }
  /** The command ended the shell itself, or somebody did. */
  | { readonly how: 'shell-exited'; readonly exitCode: number };

/** The standard input of one command. */
export interface ShellInput extends Disposable {
  write(data: Uint8Array, signal?: AbortSignal): Promise<InputFailure | undefined>;
  end(): void;
}

export interface ShellProcess {
  readonly process: ManagedProcess;
  /** One at a time; the caller waits for the one before. */
  run(files: CommandFiles): Promise<CommandEnd>;
  /**
   * Interrupts what runs, as Ctrl-C does, and goes on to end all that it has started; the shell stays. Resolves true
   * once the command is given up (`run` resolves when the rest is gone too), false when it is not after
   * `graceMs`. Absent where a shell cannot be interrupted.
   */
  interrupt?(graceMs: number): Promise<boolean>;
  /** Ready for what a command may read; opened before it runs, disposed after. */
  openInput(files: CommandFiles): ShellInput;
}

export interface Seed {
  /** An absolute path. */
  readonly workdir: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface ShellStart {
  /** Private folder of this process. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly treeId: string;
}

/** A shell that is on this machine. */
export interface ShellKind {
  readonly name: ShellName;
  readonly path: string;
  /** Whether the text of a seed can set this variable; what it cannot has to be in a process's environment from its start. */
  readonly canSet: (name: string, value: string) => boolean;
  /** Throws when the shell cannot be started. */
  start(request: ShellStart): Promise<ShellProcess>;
  /** Script text that sets the variables and goes to the working directory; it fails with a non-zero exit code. */
  readonly seedText: (seed: Seed) => string;
}

/** In the order of preference. */
export const SHELL_NAMES = ['pwsh', 'powershell', 'cmd', 'bash', 'zsh', 'sh'] as const;
export type ShellName = (typeof SHELL_NAMES)[number];

/** A variable's name that every shell takes. */
export const isPlainName = (name: string): boolean => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
