/**
 * A single-quoted string of PowerShell: nothing in it means anything but the quotes, and to PowerShell the
 * typographic ones are quotes too.
 */
export const literal = (text: string): string => `'${text.replaceAll(/['\u2018-\u201b]/g, '$&$&')}'`;
