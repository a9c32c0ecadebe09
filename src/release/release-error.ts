/** A failure that whoever builds or releases can do something about: its message says what, and is shown without a stack. */
export class ReleaseError extends Error {
  override readonly name = 'ReleaseError';
}
