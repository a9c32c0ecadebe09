/**
 * Releases for the installers: small stand-ins for the executables, and the two scripts with their hashes pinned, in a
 * folder. A stand-in says its version, accepts or refuses the release that it is in, and can be told not to run at all.
 */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { INSTALLERS, pin, type Installer } from '../../src/release/pinned-block.ts';

const ROOT = join(import.meta.dir, '..', '..');

export const scriptPath = (script: Installer): string => join(ROOT, script);
export const scriptText = (script: Installer): string => readFileSync(scriptPath(script), 'utf8');

const FILES = [
  'agent-server-linux-x64',
  'agent-server-linux-arm64',
  'agent-server-linux-x64-musl',
  'agent-server-darwin-arm64',
  'agent-server-darwin-x64',
  'agent-server-windows-x64.exe',
  'agent-server-windows-arm64.exe',
] as const;
type ReleaseFile = (typeof FILES)[number];

interface ReleaseOptions {
  readonly version?: string;
  /** Where its scripts look for it; its own folder unless said. */
  readonly url?: string;
  readonly files?: readonly ReleaseFile[];
  /** Whether the executables accept the release they are in. */
  readonly accepted?: boolean;
  /** Whether they run at all. */
  readonly runs?: boolean;
  /** The command of a program that does all else that they are asked for; unless said, they tell what it is. */
  readonly program?: readonly string[];
}

export interface Release {
  readonly folder: string;
  /** The script of this release. */
  readonly script: (script: Installer) => string;
}

export function makeRelease(folder: string, options: ReleaseOptions = {}): Release {
  const { version = '1.0.0', url = folder, files = FILES, accepted = true, runs = true, program } = options;
  mkdirSync(folder, { recursive: true });
  const sums = new Map<ReleaseFile, string>();
  for (const file of files) {
    const text = standIn({ file, version, accepted, runs, program });
    writeFileSync(join(folder, file), text);
    chmodSync(join(folder, file), 0o755);
    sums.set(file, sha256(text));
  }
  const artifacts = Object.fromEntries([...sums].map(([file, sum]) => [file, { file, sha256: sum }]));
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ version, artifacts }));
  writeFileSync(join(folder, 'manifest.json.minisig'), 'a signature\n');
  const release = {
    folder,
    script: (script: Installer) => join(folder, script),
  };
  for (const script of INSTALLERS)
    writeFileSync(release.script(script), pin(scriptText(script), script, { url, version, sums }));
  return release;
}

const sha256 = (data: string | Uint8Array): string => new Bun.CryptoHasher('sha256').update(data).digest('hex');

/** The text with other lines between `# <name>` and `# </name>`. */
export function withBlock(text: string, name: string, lines: string): string {
  const block = new RegExp(`^# <${name}>\\n[^]*?^# </${name}>$`, 'm');
  if (!block.test(text)) throw new Error(`the script has no block ${name}`);
  return text.replace(block, () => `# <${name}>\n${lines}\n# </${name}>`);
}

interface StandIn {
  readonly file: string;
  readonly version: string;
  readonly accepted: boolean;
  readonly runs: boolean;
  readonly program: readonly string[] | undefined;
}

function standIn({ file, version, accepted, runs, program }: StandIn): string {
  return `#!/bin/sh
# ${file} of release ${version}
${runs ? '' : 'exit 126'}
case $1 in
  version) echo ${version} ;;
  verify-release)
    # What it is handed has to be all there.
    [ -s "$2/manifest.json" ] && [ -s "$2/manifest.json.minisig" ] && [ "$3 $4" = '--file ${file}' ] && [ -s "$2/$4" ] || exit 3
    ${accepted ? 'exit 0' : "echo 'signed by a stranger' >&2; exit 1"} ;;
  *) ${program === undefined ? 'echo "started with: $*"' : `exec ${program.map((word) => `'${word}'`).join(' ')} "$@"`} ;;
esac
`;
}
