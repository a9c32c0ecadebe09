/**
 * Whether a detached signature in minisign's format (https://jedisct1.github.io/minisign/) is of one of our keys.
 *
 *   untrusted comment: anything, covered by nothing
 *   base64( algorithm 2 bytes | key 8 bytes | Ed25519 of BLAKE2b-512 of the message 64 bytes )
 *   trusted comment: text
 *   base64( Ed25519 of (the signature above | the text) 64 bytes )
 *
 * Only `ED`, which signs a hash, is accepted. `Ed`, which signs the message itself, is what minisign before 0.10 made and
 * `minisign -l` still does: nobody who signs our releases needs it, and one way to sign is less to get wrong than two.
 */
import { fail, ok, type Result } from '../core/failure.ts';
import { decodeBase64, keyIdOf, latin, parsePublicKey } from './public-key.ts';

export type SignatureFailure =
  /** Not a signature file at all, or one of the kind that we do not accept; `problem` is the end of a sentence. */
  | { readonly reason: 'signature-malformed'; readonly problem: string }
  | { readonly reason: 'signature-key-unknown'; readonly keyId: string; readonly known: readonly string[] }
  /** The message is not what was signed. */
  | { readonly reason: 'signature-wrong'; readonly keyId: string }
  /** The trusted comment is not what was signed. */
  | { readonly reason: 'signature-comment-wrong'; readonly keyId: string };

export interface Signed {
  readonly trustedComment: string;
  /** Of the key that signed: 16 hexadecimal digits, as minisign prints them. */
  readonly keyId: string;
}

/** Characters; minisign itself allows comments of 8 KiB. */
export const MAX_SIGNATURE_LENGTH = 16_384;
const SIGNATURE_LENGTH = 2 + 8 + 64;
const UNTRUSTED = 'untrusted comment: ';
const TRUSTED = 'trusted comment: ';

/** Checks the exact bytes, whatever is in them: nothing of the message is read. A public key that is none matches nothing. */
export async function verifySignature(
  message: Uint8Array,
  signatureText: string,
  publicKeys: readonly string[],
): Promise<Result<Signed, SignatureFailure>> {
  const parsed = parseSignature(signatureText);
  if (typeof parsed === 'string') return fail({ reason: 'signature-malformed', problem: parsed });
  const { keyId, signature, trustedComment, globalSignature } = parsed;
  const keys = publicKeys.map(parsePublicKey).filter((key) => key !== undefined);
  // Eight bytes that anybody may choose: two keys can have the same name, so each of that name is tried.
  const named = keys.filter((key) => key.keyId === keyId);
  if (named.length === 0) return fail({ reason: 'signature-key-unknown', keyId, known: keys.map((key) => key.keyId) });
  const hash = Uint8Array.from(new Bun.CryptoHasher('blake2b512').update(message).digest());
  for (const { bytes } of named) {
    if (!(await verifyEd25519(bytes, signature, hash))) continue;
    const covered = Buffer.concat([signature, Buffer.from(trustedComment)]);
    return (await verifyEd25519(bytes, globalSignature, covered))
      ? ok({ trustedComment, keyId })
      : fail({ reason: 'signature-comment-wrong', keyId });
  }
  return fail({ reason: 'signature-wrong', keyId });
}

interface Parsed {
  readonly keyId: string;
  readonly signature: Uint8Array<ArrayBuffer>;
  readonly trustedComment: string;
  readonly globalSignature: Uint8Array<ArrayBuffer>;
}

/** A text says what is wrong. */
function parseSignature(text: string): Parsed | string {
  if (text.length > MAX_SIGNATURE_LENGTH) return `it is longer than ${MAX_SIGNATURE_LENGTH} characters`;
  const lines = text.replace(/\r?\n$/, '').split(/\r?\n/);
  const [untrusted = '', first = '', trusted = '', second = ''] = lines;
  if (lines.length !== 4) return `it has ${lines.length} lines instead of 4`;
  if (!untrusted.startsWith(UNTRUSTED)) return `its first line does not begin with "${UNTRUSTED}"`;
  if (!trusted.startsWith(TRUSTED)) return `its third line does not begin with "${TRUSTED}"`;
  const bytes = decodeBase64(first);
  if (bytes?.length !== SIGNATURE_LENGTH) return `its second line is not the base64 of ${SIGNATURE_LENGTH} bytes`;
  const algorithm = latin(bytes.subarray(0, 2));
  if (algorithm === 'Ed') return 'it is of the legacy kind "Ed", which is not accepted: sign without -l';
  if (algorithm !== 'ED') return 'its algorithm is not "ED"';
  const globalSignature = decodeBase64(second);
  if (globalSignature?.length !== 64) return 'its fourth line is not the base64 of 64 bytes';
  return {
    keyId: keyIdOf(bytes.subarray(2, 10)),
    signature: bytes.slice(10),
    trustedComment: trusted.slice(TRUSTED.length),
    globalSignature,
  };
}

async function verifyEd25519(
  publicKey: Uint8Array<ArrayBuffer>,
  signature: Uint8Array<ArrayBuffer>,
  data: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const key = await crypto.subtle.importKey('raw', publicKey, { name: 'Ed25519' }, false, ['verify']);
  return crypto.subtle.verify({ name: 'Ed25519' }, key, signature, data);
}
