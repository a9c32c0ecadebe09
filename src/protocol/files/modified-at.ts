/** The time that a file is given, on the wire. */
import Type from 'typebox';

/** The end of the year 9999. */
const MAX_SECONDS = 253_402_300_799;

export const MODIFIED_AT = Type.Optional(
  Type.Number({
    minimum: 0,
    maximum: MAX_SECONDS,
    description: 'When its content changed, which a copy keeps. Unix seconds, to the millisecond. Default: now.',
  }),
);
