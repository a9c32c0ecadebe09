/** Versions as https://semver.org says them, and which of two is the later one. */

const MAX_LENGTH = 64;
const NUMBER = String.raw`(?:0|[1-9]\d*)`;
const PRERELEASE_PART = String.raw`(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)`;
const BUILD_PART = '[0-9A-Za-z-]+';
const SEMVER = new RegExp(
  `^${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-${PRERELEASE_PART}(?:\\.${PRERELEASE_PART})*)?(?:\\+${BUILD_PART}(?:\\.${BUILD_PART})*)?$`,
);

/** At most 64 characters, none of which means anything to a file system: a version becomes part of a file's name. */
export const isVersion = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= MAX_LENGTH && SEMVER.test(value);

/** Whether `version` comes after `than`. What follows a `+` does not count. */
export const isNewer = (version: string, than: string): boolean => Bun.semver.order(version, than) > 0;
