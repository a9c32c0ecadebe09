/** What a system says of the machine that it runs on. Every call is one look, and none waits for a disk. */

/** What a processor has done since the start of the machine, in units that only compare with each other. */
export interface CpuTimes {
  readonly busy: number;
  readonly total: number;
}

export interface CpuReading extends CpuTimes {
  readonly cores: readonly CpuTimes[];
}

/** Bytes. */
export interface Memory {
  readonly total: number;
  /** What programs can still have without swapping. */
  readonly available: number;
  readonly swapTotal: number | null;
  readonly swapUsed: number | null;
}

export interface Mount {
  /** Where its files are: a folder, on Windows a drive such as `C:\`. */
  readonly path: string;
  readonly fileSystem: string | null;
  /** Of a network, or of a program: a look at it may never return, so nobody takes one. */
  readonly remote: boolean;
  readonly readonly: boolean;
  readonly removable: boolean;
}

export interface LoginSession {
  readonly user: string;
  readonly kind: 'console' | 'rdp' | 'ssh';
  /** Unix milliseconds. */
  readonly since: number | null;
  /** Milliseconds since the last key. */
  readonly idle: number | null;
}

export interface OperatingSystem {
  readonly name: string;
  readonly version: string | null;
  readonly kernel: string;
  readonly build: string | null;
}

export interface Gpu {
  readonly name: string;
  /** Bytes of its own memory. */
  readonly memory: number | null;
}

/** What the processes of this container, or of this service, may have at most. */
export interface Limits {
  /** Processors, such as 1.5. */
  readonly cpu?: number;
  /** Bytes. */
  readonly memory?: number;
}

export interface Machine {
  readonly cpu: () => CpuReading;
  /** Name of the processor; empty when unknown. */
  readonly cpuModel: () => string;
  readonly memory: () => Memory;
  /** Programs that wanted a processor, on average over 1, 5 and 15 minutes; null where the system does not count them. */
  readonly load: () => readonly [number, number, number] | null;
  readonly mounts: () => readonly Mount[];
  readonly sessions: () => readonly LoginSession[];
  readonly operatingSystem: () => OperatingSystem;
  readonly gpus: () => readonly Gpu[];
  readonly limits: () => Limits;
  /** Whose this process is; what the environment says of it does not count. */
  readonly userName: () => string;
  /** Whether this process may do what only an administrator may. */
  readonly isAdmin: () => boolean;
}
