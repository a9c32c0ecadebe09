/** The executable's entry: arguments to the command line, and the only `process.exit`. */
import { runCli } from './cli/cli.ts';

// A promise that never settles lets the process end with nobody to say how: that is a failure, and never success.
process.exitCode = 1;

// Not a top-level await: a bytecode build has none.
void runCli(process.argv.slice(2)).then((code) => process.exit(code));
