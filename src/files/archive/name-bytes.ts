/** Names as archives have them, which are bytes, and as the calls of this system take them. */
import { machinePaths } from '../../platform/machine-paths/index.ts';
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';

/** Of bytes that name something: text on a system where names are text. */
export const rawName = (bytes: Uint8Array): RawPath =>
  machinePaths.fromBytes?.(bytes) ?? new TextDecoder().decode(bytes);

export const bytesOf = (path: RawPath): Uint8Array =>
  machinePaths.untextualBytes(path) ?? Buffer.from(machinePaths.toText(path), 'utf8');
