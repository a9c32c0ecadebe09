/** The code that a person carries from this machine to the dashboard: three capitals, a hyphen, four digits. */
import { secureRandom, type RandomBytes } from '../../core/id.ts';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const DIGITS = '0123456789';

export function newChallengeCode(random: RandomBytes = secureRandom): string {
  const pick = (from: string, count: number) => Array.from({ length: count }, () => one(from, random)).join('');
  return `${pick(LETTERS, 3)}-${pick(DIGITS, 4)}`;
}

/** Each with the same chance: bytes above the last multiple are not used. */
function one(from: string, random: RandomBytes): string {
  const limit = 256 - (256 % from.length);
  for (;;) {
    const [byte = 0] = random(1);
    if (byte < limit) return from.charAt(byte % from.length);
  }
}
