/** Opens terminals: chooses the system and the engine. */
import { accessSync, constants } from 'node:fs';
import { codeOf, fail, messageOf } from '../../core/failure.ts';
import type { Log } from '../../core/log.ts';
import { isDirectory } from '../files/directory.ts';
import { isWindows } from '../os.ts';
import { createBunPtyEngine } from './bun-pty.ts';
import { createBunTerminalEngine } from './bun-terminal.ts';
import { withFallback } from './engine-fallback.ts';
import { posixPtySystem } from './posix.ts';
import type { Engine, EngineName, OpenPty, PtyFailure, PtyRequest } from './pty.ts';
import { windowsPtySystem } from './windows.ts';

export interface PtyOptions {
  /** With `bun`, the other one is taken where that cannot open a terminal. */
  readonly engine: EngineName;
  /** A private folder for the library of `bun-pty`; made when it is needed. */
  readonly libraryFolder: string;
  readonly log: Log;
}

const system = isWindows ? windowsPtySystem : posixPtySystem;

export function createPtyOpener({ engine, libraryFolder, log }: PtyOptions): OpenPty {
  const bunPty = createBunPtyEngine(system, libraryFolder);
  const warn = (detail: string) =>
    log.warn('Bun.Terminal cannot open a terminal here: bun-pty is used instead', { detail });
  const open = engine === 'bun-pty' ? bunPty : withFallback(createBunTerminalEngine(system), bunPty, warn);
  return (request) => openBy(open, request);
}

function openBy(engine: Engine, request: PtyRequest): ReturnType<OpenPty> {
  const missing = missingPart(request);
  if (missing !== undefined) return fail(missing);
  const opened = engine(request);
  if (opened.ok) return opened;
  const { failure } = opened;
  return fail(failure.reason === 'engine-unusable' ? { reason: 'system-refused', detail: failure.detail } : failure);
}

function missingPart({ argv: [program], cwd }: PtyRequest): PtyFailure | undefined {
  if (!isDirectory(cwd)) return { reason: 'cwd-missing', cwd };
  try {
    accessSync(program, constants.X_OK);
    return undefined;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { reason: 'program-missing', program };
    return { reason: 'spawn-refused', detail: messageOf(error) };
  }
}
