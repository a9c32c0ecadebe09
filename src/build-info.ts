/** What this build is: baked in by build.ts, or, from source, what package.json says. */
import manifest from '../package.json' with { type: 'json' };

export interface BuildInfo {
  /** Such as `0.1.0`. */
  readonly version: string;
  /** Such as `linux-x64`; null when run from source. */
  readonly target: string | null;
  /** Which line of releases this build follows; a manifest of another one is refused. */
  readonly channel: string;
  /** The folder on a web server where releases are, without the slash at its end; null: none is baked in. */
  readonly updateUrl: string | null;
  /** minisign public keys, any of which may have signed a release: a .pub file or its base64 line each. */
  readonly publicKeys: readonly string[];
}

/** Given by `bun build --define` and replaced by its value; from source there is no such name. */
declare const AGENT_SERVER_BUILD: BuildInfo | undefined;

export const BUILD: BuildInfo =
  typeof AGENT_SERVER_BUILD === 'undefined'
    ? { version: manifest.version, target: null, channel: 'stable', updateUrl: null, publicKeys: [] }
    : AGENT_SERVER_BUILD;
