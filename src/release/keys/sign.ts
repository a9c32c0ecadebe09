/** Signs a file as minisign does, so that minisign and `src/updater/minisign.ts` both verify it. */
import type { SecretKey } from './key-pair.ts';

/** The text of a .minisig file. `trustedComment` is one line, and signed too. */
export async function signMessage(message: Uint8Array, trustedComment: string, key: SecretKey): Promise<string> {
  if (/[\r\n]/.test(trustedComment)) throw new Error('a trusted comment is one line');
  const hash = Uint8Array.from(new Bun.CryptoHasher('blake2b512').update(message).digest());
  const signature = await key.sign(hash);
  const global = await key.sign(Buffer.concat([signature, Buffer.from(trustedComment)]));
  return [
    `untrusted comment: signature from minisign secret key ${key.keyId}`,
    Buffer.concat([Buffer.from('ED'), key.id, signature]).toBase64(),
    `trusted comment: ${trustedComment}`,
    global.toBase64(),
    '',
  ].join('\n');
}
