/** `npm run keygen`: makes the key pair that signs releases. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, messageOf } from '../core/failure.ts';
import { printLine, runCommand } from './command.ts';
import { makeKeyPair } from './keys/key-pair.ts';
import { ReleaseError } from './release-error.ts';

const HELP = `Makes a key pair that signs releases, in the files of minisign.

  npm run keygen -- DIR

DIR/agent-server.key   signs; without a password, readable by its owner alone. Keep it secret, and keep a copy.
DIR/agent-server.pub   is baked into the executables: npm run build -- --public-key DIR/agent-server.pub

DIR is made if it is not there. Files that are there are never overwritten.

  --json   prints the paths and the key's id as JSON (npm run --silent keygen -- DIR --json)

Examples
  npm run keygen -- ~/agent-server-keys
  npm run keygen -- ~/agent-server-keys/next       the next pair, for a rotation (docs/releasing.md)`;

function writeNew(path: string, text: string, mode: number): void {
  try {
    writeFileSync(path, text, { flag: 'wx', mode });
  } catch (error) {
    if (codeOf(error) === 'EEXIST')
      throw new ReleaseError(`${path} is there already and is not overwritten: name another folder`);
    throw new ReleaseError(`${path} cannot be written: ${messageOf(error)}`);
  }
}

async function keygen(folder: string): Promise<{ publicKey: string; secretKey: string; keyId: string }> {
  const pair = await makeKeyPair();
  const publicKey = join(folder, 'agent-server.pub');
  const secretKey = join(folder, 'agent-server.key');
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new ReleaseError(`${folder} cannot be made: ${messageOf(error)}`);
  }
  writeNew(secretKey, pair.secretText, 0o600);
  try {
    writeNew(publicKey, pair.publicText, 0o644);
  } catch (error) {
    // A secret key without its public half would only be in the way of the next attempt.
    rmSync(secretKey);
    throw error;
  }
  return { publicKey, secretKey, keyId: pair.keyId };
}

process.exitCode = await runCommand(
  {
    name: 'keygen',
    help: HELP,
    options: { json: { type: 'boolean' } },
    words: ['DIR'],
    async run({ json }, [folder = '']) {
      const made = await keygen(folder);
      if (json === true) printLine(JSON.stringify(made));
      else {
        printLine(`key ${made.keyId}`);
        printLine(`  ${made.secretKey}   signs releases: keep it secret, and keep a copy`);
        printLine(`  ${made.publicKey}   npm run build -- --public-key ${made.publicKey}`);
      }
      return 0;
    },
  },
  Bun.argv.slice(2),
);
