/**
 * One process of a shell that is kept, as a session sees it. It takes one command at a time, and each dialect has its
 * own way to separate a command's output, end and exit code from the output of other commands.
 */
import type { PipeWriter } from '../platform/pipes/pipes.ts';
import type { ProcessTree } from '../platform/process/process.ts';

/** Where a command's text is, and where its streams go. All of them are files of the job. */
export interface CommandFiles {
  readonly text: string;
  /** The command reads it as its stdin: where a POSIX system puts a FIFO. */
  readonly stdin: string;
  readonly stdout: string;
  readonly stderr: string;
}

export type CommandEnd =
  | { readonly how: 'finished'; readonly exitCode: number }
  /** The shell itself has ended, by the command or from outside. */
  | { readonly how: 'shell-exited'; readonly exitCode: number };

/** The standard input of one command. */
export type ShellInput = PipeWriter;

export interface ShellProcess {
  readonly process: ProcessTree;
  /** One at a time; the caller waits for the one before. */
  run(files: CommandFiles): Promise<CommandEnd>;
  /**
   * Interrupts what runs, as Ctrl-C does, and goes on to end all that it has started; the shell stays. Resolves true
   * once the command is given up (`run` resolves when the rest is gone too), false when it is not after
   * `graceMs`. Absent where a shell cannot be interrupted.
   */
  interrupt?(graceMs: number): Promise<boolean>;
  /** Where input for a command is written; opened before it runs, disposed of after. */
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
