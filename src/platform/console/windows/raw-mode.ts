/** A Windows console keeps no such state of its own: Bun's is all there is. */
export function enterRawModeWindows(): Disposable {
  process.stdin.setRawMode(true);
  return { [Symbol.dispose]: () => void process.stdin.setRawMode(false) };
}
