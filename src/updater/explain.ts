/** The sentence for people of each way in which a release can be refused. */
import type { ManifestFailure } from './manifest.ts';
import type { SignatureFailure } from './minisign.ts';

export type Refusal = ManifestFailure | SignatureFailure;

/** One sentence or two, without the full stop at their end. */
export function explainRefusal(refusal: Refusal): string {
  switch (refusal.reason) {
    case 'signature-malformed':
      return `the signature of the manifest cannot be read: ${refusal.problem}`;
    case 'signature-key-unknown':
      return `the manifest is signed with the key ${refusal.keyId}, which this program does not know: ${knownKeys(refusal.known)}`;
    case 'signature-wrong':
      return `the manifest is not what was signed with the key ${refusal.keyId}: it was changed, or its signature was`;
    case 'signature-comment-wrong':
      return `the trusted comment in the signature of the manifest is not what was signed with the key ${refusal.keyId}`;
    case 'manifest-too-large':
      return `the manifest has ${refusal.bytes} bytes, more than ${refusal.limit}`;
    case 'manifest-malformed':
      return `the manifest cannot be used: ${refusal.problem}`;
    case 'product-differs':
      return `the manifest is for the product ${refusal.product}, not for agent-server`;
    case 'channel-differs':
      return `the manifest is for the channel ${refusal.channel}, and this program follows ${refusal.own}`;
    case 'expired':
      return `the manifest expired at ${refusal.expires}: the release server has nothing newer, or the clock of this machine is wrong`;
    case 'not-newer':
      return `nothing newer: the release server has ${refusal.version}, and ${refusal.running} is running`;
    case 'version-bad':
      return `version ${refusal.version} is not tried again: ${refusal.why}`;
    case 'replayed':
      return `the manifest has the sequence number ${refusal.seq}, and ${refusal.recorded} was accepted before: an old one is shown again`;
    case 'no-artifact':
      return `the release has no executable for ${refusal.target}, only for ${refusal.targets.join(', ')}`;
  }
}

const knownKeys = (known: readonly string[]): string =>
  known.length === 0 ? 'it was built without a public key' : `it knows ${known.join(', ')}`;
