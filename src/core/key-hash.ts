/**
 * What is kept of an API key. A key of ours has 256 random bits, so that one round of SHA-256 is enough: there is
 * nothing to guess. All hashes have one length, so that a comparison in constant time tells nothing of a key's length.
 */
export function keyHash(key: string): Uint8Array {
  const hash = new Uint8Array(HASH_BYTES);
  // For each request: a CryptoHasher takes three times as long, and is one more thing to collect.
  Bun.SHA256.hash(key, hash);
  return hash;
}

const HASH_BYTES = 32;
