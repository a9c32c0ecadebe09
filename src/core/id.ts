/** Randomness as a value. The default is the platform's secure generator. */
export type RandomBytes = (size: number) => Uint8Array;

export const secureRandom: RandomBytes = (size) => crypto.getRandomValues(new Uint8Array(size));

/** 12 lower-case hex digits (48 bits): the shape of every job id on the wire. */
// Not `toHex()`, which Node has from version 25 on.
export const newId = (random: RandomBytes = secureRandom): string =>
  Array.from(random(6), (byte) => byte.toString(16).padStart(2, '0')).join('');

export const ID_PATTERN = /^[0-9a-f]{12}$/;

/** 256 bits in base64url without padding: the shape of an API key we make. */
export const newSecret = (random: RandomBytes = secureRandom): string =>
  random(32).toBase64({ alphabet: 'base64url', omitPadding: true });
