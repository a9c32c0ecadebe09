/** The words of a command line as Windows itself splits it. */
import { dlopen, read, type Pointer } from 'bun:ffi';

export function argvOfWindows(text: string): string[] {
  const shell = dlopen('shell32.dll', { CommandLineToArgvW: { args: ['ptr', 'ptr'], returns: 'ptr' } });
  const kernel = dlopen('kernel32.dll', {
    lstrlenW: { args: ['ptr'], returns: 'i32' },
    LocalFree: { args: ['ptr'], returns: 'ptr' },
  });
  const count = new Int32Array(1);
  const argv = shell.symbols.CommandLineToArgvW(Buffer.from(`${text}\0`, 'utf16le'), count);
  if (argv === null) throw new Error('CommandLineToArgvW failed');
  const words = Array.from({ length: count[0] ?? 0 }, (_, index) => {
    const word = read.ptr(argv, index * 8) as Pointer;
    const units = Array.from({ length: kernel.symbols.lstrlenW(word) }, (__, at) => read.u16(word, at * 2));
    return String.fromCharCode(...units);
  });
  kernel.symbols.LocalFree(argv);
  return words;
}
