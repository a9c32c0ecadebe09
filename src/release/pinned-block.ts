/**
 * The lines of install.sh and install.ps1 that say which release they install. In the repository they are empty; a release
 * writes them, so that an installer that was fetched by https needs to trust nothing else.
 *
 *   # <release>
 *   release_url='…'  release_version='…'  release_sums='<sha256>  <file>
 *   '
 *   # </release>
 */
import type { Checksums } from './checksums.ts';
import { formatChecksums, parseChecksums } from './checksums.ts';
import { ReleaseError } from './release-error.ts';

export interface Pinned {
  /** Where the files are, without a slash at its end; empty: the installer has to be told. */
  readonly url: string;
  readonly version: string;
  readonly sums: Checksums;
}

export const INSTALLERS = ['install.ps1', 'install.sh'] as const;
export type Installer = (typeof INSTALLERS)[number];

const BEGIN = '# <release>';
const END = '# </release>';

/** How each language sets the three. Nothing in them has a quote: `release-url.ts` and `semver.ts` see to that. */
const LANGUAGES: Readonly<
  Record<
    Installer,
    { readonly write: (pinned: Pinned) => string; readonly read: readonly [url: RegExp, version: RegExp, sums: RegExp] }
  >
> = {
  'install.sh': {
    write: ({ url, version, sums }) =>
      `release_url='${url}'\nrelease_version='${version}'\nrelease_sums='${formatChecksums(sums)}'\n`,
    read: [/^release_url='([^']*)'$/m, /^release_version='([^']*)'$/m, /^release_sums='([^']*)'$/m],
  },
  'install.ps1': {
    write: ({ url, version, sums }) =>
      `$ReleaseUrl = '${url}'\n$ReleaseVersion = '${version}'\n$ReleaseSums = @'\n${formatChecksums(sums)}'@\n`,
    read: [/^\$ReleaseUrl = '([^']*)'$/m, /^\$ReleaseVersion = '([^']*)'$/m, /^\$ReleaseSums = @'\n([^']*)'@$/m],
  },
};

/** The text of an installer with its block replaced; its line ends stay what they are. */
export function pin(text: string, installer: Installer, pinned: Pinned): string {
  const { before, after, lineEnd } = split(text, installer);
  return `${before}${LANGUAGES[installer].write(pinned).replaceAll('\n', lineEnd)}${after}`;
}

/** What an installer is pinned to; undefined where its block is not one of ours. */
export function readPinned(text: string, installer: Installer): Pinned | undefined {
  const { block } = split(text, installer);
  const [url, version, lines] = LANGUAGES[installer].read.map((pattern) => pattern.exec(block)?.[1]);
  const sums = lines === undefined ? undefined : parseChecksums(lines);
  return url === undefined || version === undefined || sums === undefined ? undefined : { url, version, sums };
}

function split(text: string, installer: Installer) {
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const lines = text.split(lineEnd);
  const [begin, end] = [BEGIN, END].map((marker) => {
    const at = lines.indexOf(marker);
    if (at >= 0 && at === lines.lastIndexOf(marker)) return at;
    throw new ReleaseError(`${installer} must have the line ${JSON.stringify(marker)} exactly once`);
  }) as [number, number];
  if (end < begin) throw new ReleaseError(`${installer} has ${END} before ${BEGIN}`);
  const join = (part: readonly string[]) => part.join(lineEnd);
  return {
    lineEnd,
    before: `${join(lines.slice(0, begin + 1))}${lineEnd}`,
    block: lines.slice(begin + 1, end).join('\n'),
    after: join(lines.slice(end)),
  };
}
