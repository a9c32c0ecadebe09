/**
 * What begins a frame of the server that is no output. In a file without TypeBox, so that a page which imports the client
 * carries no validator.
 */
export const CONTROL_MARK = '\u0000';
