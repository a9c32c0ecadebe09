/**
 * What is kept of an API key. A key of ours has 256 random bits, so that one round of SHA-256 is enough: there is
 * nothing to guess. All hashes have one length, so that a comparison in constant time tells nothing of a key's length.
 */
export const keyHash = (key: string): Uint8Array => new Bun.CryptoHasher('sha256').update(key).digest();
