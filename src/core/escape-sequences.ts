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
