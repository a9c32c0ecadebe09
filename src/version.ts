/** The version of this build. */
import { BUILD } from './build-info.ts';

/** Such as `0.1.0`. */
export const VERSION: string = BUILD.version;
