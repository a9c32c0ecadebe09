/** The version of this build, which package.json has. */
import manifest from '../package.json' with { type: 'json' };

/** Such as `0.1.0`. */
export const VERSION: string = manifest.version;
