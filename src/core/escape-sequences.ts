/**
 * Escape sequences of ECMA-48 and xterm in text: where they begin and end.
 *
 *   CSI   ESC [ parameters intermediates final           colours, cursor, modes, questions
 *   OSC   ESC ] text, ended by BEL or ESC \              titles, prompt marks, clipboard
 *   DCS, SOS, PM, APC   ESC P X ^ _ text, ended by ESC \
 *   ESC   intermediates final                            everything else
 *
 * CAN and SUB break a string off, as in a terminal.
 */
/* eslint-disable no-control-regex -- they are what this is about */

/** One whole sequence, anywhere; `lastIndex` is the user's, as with every global expression. */
export const escapeSequences = (): RegExp =>
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u0018\u001a\u001b]*(?:\u0007|\u001b\\)|[PX^_][^\u0018\u001a\u001b]*\u001b\\|[ -/]*[0-OQ-WYZ\\`-~])/g;

const UNFINISHED =
  /\u001b(?:[ -/]*|\[[0-?]*[ -/]*|\][^\u0007\u0018\u001a\u001b]*\u001b?|[PX^_][^\u0018\u001a\u001b]*\u001b?)$/;

/** What begins further from the end than this is not waited for: it would hold back the text for ever. */
const MAX_LENGTH = 4096;

/** Where a sequence begins whose end is not in the text yet; the text's length where there is none. */
export function startOfUnfinished(text: string): number {
  const from = Math.max(0, text.length - MAX_LENGTH);
  const at = text.slice(from).search(UNFINISHED);
  return at === -1 ? text.length : from + at;
}
