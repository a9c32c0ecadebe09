/** A minisign public key: `Ed`, 8 bytes that name the key, 32 bytes of Ed25519, in base64 below a line of comment. */

export interface PublicKey {
  /** As minisign prints it: 16 hexadecimal digits. */
  readonly keyId: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const ALGORITHM = 'Ed';
const LENGTH = 2 + 8 + 32;

/** Reads a whole .pub file or its base64 line alone; undefined where it is neither. */
export function parsePublicKey(text: string): PublicKey | undefined {
  const lines = text.trim().split(/\r?\n/);
  if (lines.length > 2 || (lines.length === 2 && !lines[0]?.startsWith('untrusted comment:'))) return undefined;
  const bytes = decodeBase64(lines.at(-1) ?? '');
  if (bytes?.length !== LENGTH || latin(bytes.subarray(0, 2)) !== ALGORITHM) return undefined;
  return { keyId: keyIdOf(bytes.subarray(2, 10)), bytes: bytes.slice(10) };
}

/** minisign shows the 8 bytes as one little-endian number. */
export const keyIdOf = (bytes: Uint8Array): string => bytes.toReversed().toHex().toUpperCase();

/** Undefined where the text is anything but base64, also where only its last, unused bits are off or it has spaces. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  try {
    return Uint8Array.fromBase64(text, { lastChunkHandling: 'strict' });
  } catch {
    return undefined;
  }
}

export const latin = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
