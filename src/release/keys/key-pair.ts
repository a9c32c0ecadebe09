/** Ed25519 key pairs in the files of minisign, the secret one without a password: who can read it can release. */
import { ReleaseError } from '../release-error.ts';
import { decodeBase64, keyIdOf, latin } from '../../updater/public-key.ts';

export interface SecretKey {
  /** 8 bytes that a signature names its key by. */
  readonly id: Uint8Array<ArrayBuffer>;
  /** The same as minisign prints it. */
  readonly keyId: string;
  /** Its public half: the base64 line of a .pub file. */
  readonly publicKey: string;
  readonly sign: (data: Uint8Array<ArrayBuffer>) => Promise<Uint8Array<ArrayBuffer>>;
}

export interface KeyFiles {
  readonly keyId: string;
  /** What agent-server.pub holds. */
  readonly publicText: string;
  /** What agent-server.key holds. */
  readonly secretText: string;
}

const ED25519 = { name: 'Ed25519' } as const;
/** What stands before the 32 bytes of a private key in PKCS #8 (https://www.rfc-editor.org/rfc/rfc8410#section-7). */
const PKCS8_HEAD = Uint8Array.fromHex('302e020100300506032b657004220420');
const SALT_AND_LIMITS = 32 + 8 + 8;
/** Of the encrypted form only. */
const CHECKSUM = 32;
const SECRET_LENGTH = 6 + SALT_AND_LIMITS + 8 + 64 + CHECKSUM;
const ID_AT = 6 + SALT_AND_LIMITS;
const ADVICE = 'npm run keygen makes a pair, and so does minisign -G -W';

export async function makeKeyPair(): Promise<KeyFiles> {
  const pair = await crypto.subtle.generateKey(ED25519, true, ['sign', 'verify']);
  const publicBytes = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  const seed = new Uint8Array(await crypto.subtle.exportKey('pkcs8', pair.privateKey)).subarray(PKCS8_HEAD.length);
  const id = crypto.getRandomValues(new Uint8Array(8));
  const keyId = keyIdOf(id);
  const algorithm = Buffer.from('Ed');
  const publicKey = Buffer.concat([algorithm, id, publicBytes]);
  const secretKey = Buffer.concat([
    algorithm,
    // No derivation of a key from a password; BLAKE2b would make the checksum.
    Buffer.from('\0\0B2'),
    Buffer.alloc(SALT_AND_LIMITS),
    id,
    seed,
    publicBytes,
    Buffer.alloc(CHECKSUM),
  ]);
  return {
    keyId,
    publicText: `untrusted comment: minisign public key ${keyId}\n${publicKey.toBase64()}\n`,
    secretText: `untrusted comment: minisign secret key ${keyId}, without a password: keep it secret\n${secretKey.toBase64()}\n`,
  };
}

/** Reads a secret key file of ours or of `minisign -G -W`. */
export async function parseSecretKey(text: string, path: string): Promise<SecretKey> {
  const refuse = (problem: string) => new ReleaseError(`${path} ${problem}`);
  const bytes = decodeBase64(text.trim().split(/\r?\n/).at(-1) ?? '');
  if (bytes?.length !== SECRET_LENGTH || latin(bytes.subarray(0, 2)) !== 'Ed')
    throw refuse(`is not a minisign secret key: ${ADVICE}`);
  if (bytes[2] !== 0 || bytes[3] !== 0) throw refuse('is protected by a password: minisign -C -W -s FILE takes it off');
  const id = bytes.slice(ID_AT, ID_AT + 8);
  const seed = bytes.subarray(ID_AT + 8, ID_AT + 40);
  const publicBytes = bytes.slice(ID_AT + 40, ID_AT + 72);
  const key = await crypto.subtle.importKey('pkcs8', Buffer.concat([PKCS8_HEAD, seed]), ED25519, true, ['sign']);
  const { x = '' } = await crypto.subtle.exportKey('jwk', key);
  if (!Buffer.from(x, 'base64url').equals(publicBytes)) throw refuse(`is damaged: its two halves are of two keys`);
  const sign = async (data: Uint8Array<ArrayBuffer>) => new Uint8Array(await crypto.subtle.sign(ED25519, key, data));
  return { id, keyId: keyIdOf(id), publicKey: Buffer.concat([Buffer.from('Ed'), id, publicBytes]).toBase64(), sign };
}
