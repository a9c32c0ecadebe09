/**
 * What a release says of itself: a small JSON document, signed as the exact bytes it is.
 *
 *   bytes ──verifySignature──▶ signed bytes ──parseManifest──▶ Manifest ──judgeManifest──▶ Offer
 *
 * Its signature is checked before a byte of it is read here. So this is the second wall: even a mistake that was signed
 * must name no path, no size without a limit, and nothing that is older than what runs.
 */
import { fail, messageOf, ok, type Result } from '../core/failure.ts';
import { escapeControls } from '../core/text.ts';
import {
  isCount,
  isName,
  isObject,
  isReleaseFile,
  isSha256,
  isTime,
  MAX_ARTIFACT_BYTES,
  shown,
} from './manifest-fields.ts';
import { isNewer, isVersion } from './semver.ts';

/** The only value of `schema` that this program understands. */
export const MANIFEST_SCHEMA = 1;
export const PRODUCT = 'agent-server';
export const MAX_MANIFEST_BYTES = 65_536;

export interface Artifact {
  /** Name of a file beside the manifest: letters, digits, dot, underscore and hyphen, at most 100. */
  readonly file: string;
  /** Bytes, 1–1,073,741,824. */
  readonly size: number;
  /** 64 lower-case hexadecimal digits. */
  readonly sha256: string;
}

export interface Manifest {
  readonly schema: typeof MANIFEST_SCHEMA;
  /** Anything but `agent-server` is refused by `judgeManifest`. */
  readonly product: string;
  readonly channel: string;
  /** Grows with every release of a channel, so that an old manifest cannot be shown again as news. */
  readonly seq: number;
  /** ISO 8601, UTC. */
  readonly issued: string;
  /** ISO 8601, UTC, after `issued`. */
  readonly expires: string;
  /** Semantic version, at most 64 characters. */
  readonly version: string;
  /** Target, such as `linux-x64` → its executable. */
  readonly artifacts: Readonly<Record<string, Artifact>>;
}

export type ManifestFailure =
  | { readonly reason: 'manifest-too-large'; readonly bytes: number; readonly limit: number }
  /** `problem` is a clause without a full stop. */
  | { readonly reason: 'manifest-malformed'; readonly problem: string }
  | { readonly reason: 'product-differs'; readonly product: string }
  | { readonly reason: 'channel-differs'; readonly channel: string; readonly own: string }
  | { readonly reason: 'expired'; readonly expires: string }
  | { readonly reason: 'not-newer'; readonly version: string; readonly running: string }
  | { readonly reason: 'version-bad'; readonly version: string; readonly why: string }
  | { readonly reason: 'replayed'; readonly seq: number; readonly recorded: number }
  | { readonly reason: 'no-artifact'; readonly target: string; readonly targets: readonly string[] };

/** Reads every field, and refuses what is not exactly as described above. Fields it does not know are left out. */
export function parseManifest(bytes: Uint8Array): Result<Manifest, ManifestFailure> {
  if (bytes.length > MAX_MANIFEST_BYTES)
    return fail({ reason: 'manifest-too-large', bytes: bytes.length, limit: MAX_MANIFEST_BYTES });
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    return malformed(`it is not JSON (${escapeControls(messageOf(error))})`);
  }
  if (!isObject(document)) return malformed('it is not a JSON object');
  const { schema, product, channel, seq, issued, expires, version } = document;
  if (schema !== MANIFEST_SCHEMA)
    return malformed(`its schema is ${shown(schema)}, and this program knows only ${MANIFEST_SCHEMA}`);
  if (!isName(product)) return malformed(`product is ${shown(product)}, not a name`);
  if (!isName(channel)) return malformed(`channel is ${shown(channel)}, not a name`);
  if (!isCount(seq, Number.MAX_SAFE_INTEGER)) return malformed(`seq is ${shown(seq)}, not a whole number above 0`);
  if (!isTime(issued)) return malformed(`issued is ${shown(issued)}, not a time in UTC by ISO 8601`);
  if (!isTime(expires)) return malformed(`expires is ${shown(expires)}, not a time in UTC by ISO 8601`);
  if (Date.parse(expires) <= Date.parse(issued)) return malformed('it expires before it is issued');
  if (!isVersion(version)) return malformed(`version is ${shown(version)}, not a semantic version`);
  const artifacts = parseArtifacts(document['artifacts']);
  if (typeof artifacts === 'string') return malformed(artifacts);
  return ok({ schema, product, channel, seq, issued, expires, version, artifacts });
}

/** A text says what is wrong. */
function parseArtifacts(value: unknown): Readonly<Record<string, Artifact>> | string {
  if (!isObject(value)) return `artifacts is ${shown(value)}, not an object`;
  const artifacts: [string, Artifact][] = [];
  for (const [target, artifact] of Object.entries(value)) {
    if (!isName(target)) return `artifacts has a target ${shown(target)}, which is not a name`;
    if (!isObject(artifact)) return `the artifact for ${target} is ${shown(artifact)}, not an object`;
    const { file, size, sha256 } = artifact;
    if (!isReleaseFile(file)) return `the file for ${target} is ${shown(file)}, not the bare name of one`;
    if (!isCount(size, MAX_ARTIFACT_BYTES)) return `the size for ${target} is ${shown(size)}, not bytes up to 1 GiB`;
    if (!isSha256(sha256)) return `the sha256 for ${target} is ${shown(sha256)}, not 64 lower-case hexadecimal digits`;
    artifacts.push([target, { file, size, sha256 }]);
  }
  return artifacts.length === 0 ? 'artifacts is empty' : Object.fromEntries(artifacts);
}

const malformed = (problem: string): { readonly ok: false; readonly failure: ManifestFailure } =>
  fail({ reason: 'manifest-malformed', problem });

/** What a manifest must fit, whatever runs. */
export interface Expected {
  readonly channel: string;
  /** Unix milliseconds. */
  readonly now: number;
}

/** What this machine is and remembers. */
export interface Situation extends Expected {
  readonly target: string;
  /** The version that runs. */
  readonly version: string;
  /** Highest `seq` ever accepted; 0: none yet. */
  readonly seq: number;
  /** Version → why it is not to be tried again. */
  readonly bad: ReadonlyMap<string, string>;
}

/** A release that this machine can take. */
export interface Offer {
  readonly version: string;
  readonly seq: number;
  readonly issued: string;
  readonly artifact: Artifact;
}

/** Undefined: it is for this program and this line of releases, and still holds. */
export function judgeOrigin({ product, channel, expires }: Manifest, expected: Expected): ManifestFailure | undefined {
  if (product !== PRODUCT) return { reason: 'product-differs', product };
  if (channel !== expected.channel) return { reason: 'channel-differs', channel, own: expected.channel };
  return Date.parse(expires) <= expected.now ? { reason: 'expired', expires } : undefined;
}

/** Whether a manifest offers this machine something, or the first reason why not. */
export function judgeManifest(manifest: Manifest, situation: Situation): Result<Offer, ManifestFailure> {
  const { version, seq, issued, artifacts } = manifest;
  const { target } = situation;
  const stranger = judgeOrigin(manifest, situation);
  if (stranger !== undefined) return fail(stranger);
  if (!isNewer(version, situation.version)) return fail({ reason: 'not-newer', version, running: situation.version });
  const why = situation.bad.get(version);
  if (why !== undefined) return fail({ reason: 'version-bad', version, why });
  // An equal one is a replay too: it was recorded when its version was swapped in, and that version is not the one here.
  if (seq <= situation.seq) return fail({ reason: 'replayed', seq, recorded: situation.seq });
  const artifact = Object.hasOwn(artifacts, target) ? artifacts[target] : undefined;
  if (artifact === undefined) return fail({ reason: 'no-artifact', target, targets: Object.keys(artifacts) });
  return ok({ version, seq, issued, artifact });
}
