/** The executable's entry: arguments to the command line, and the only `process.exit`. */
import { runCli } from './cli/cli.ts';

process.exit(await runCli(process.argv.slice(2)));
