/** What programs may make of a path, since an agent's tool reads it and not the file system alone. */
import { fail, ok, type Result } from '../../core/failure.ts';

interface Misleading {
  readonly reason: 'misleading';
  /** The end of a sentence that begins with the path. */
  readonly why: string;
}

/** `~`, `~/x`, `~somebody/x`. */
const HOME = /^~[\w.-]*(?:[\\/]|$)/;
const ABSOLUTE = /^(?:[\\/]|[a-z]:)/i;

/** Every path that may be meant: all of them have to be inside. `bases` are folders that the call names besides. */
export function readingsOf(path: string, bases: readonly string[]): Result<readonly string[], Misleading> {
  if (path !== path.trim()) return misleading('begins or ends with white space, which some programs drop');
  // Some tools take `@src/a.ts`, as people write it in prompts.
  const readings = path.startsWith('@') ? [path, path.slice(1)] : [path];
  if (readings.some((reading) => HOME.test(reading))) {
    return misleading('begins with ~, which some programs take for a home folder');
  }
  const relative = readings.filter((reading) => !ABSOLUTE.test(reading));
  return ok([...readings, ...bases.flatMap((base) => relative.map((reading) => `${base}/${reading}`))]);
}

const misleading = (why: string) => fail({ reason: 'misleading', why });
