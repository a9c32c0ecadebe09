/** `npm run verify`: whether a folder is a release as it was made. */
import { readPublicKey } from './build/baked-info.ts';
import { printLine, printNote, runCommand } from './command.ts';
import { ReleaseError } from './release-error.ts';
import { verifyFolder } from './verify-folder.ts';

const HELP = `Checks a release: the signature of its manifest, what the manifest says, the size and hash of every executable,
SHA256SUMS, and what the installers are pinned to. Exit code 1 and a sentence for everything that is wrong.

  npm run verify -- DIR --public-key FILE

  --public-key FILE    the key, or one of the keys, that may have signed it; repeatable
  --json               prints the result as JSON (npm run --silent verify -- … --json)

Examples
  npm run verify -- public/agent-server --public-key keys/agent-server.pub
  npm run verify -- public/agent-server --public-key keys/agent-server.pub --public-key keys/next/agent-server.pub`;

process.exitCode = await runCommand(
  {
    name: 'verify',
    help: HELP,
    options: { 'public-key': { type: 'string', multiple: true }, json: { type: 'boolean' } },
    words: ['DIR'],
    async run({ 'public-key': keyFiles = [], json }, [folder = '']) {
      if (keyFiles.length === 0)
        throw new ReleaseError('--public-key FILE must be given; see npm run verify -- --help');
      const { manifest, keyId, problems } = await verifyFolder(folder, keyFiles.map(readPublicKey), Date.now());
      if (json === true) printLine(JSON.stringify({ valid: problems.length === 0, keyId, manifest, problems }));
      else if (manifest !== undefined && problems.length === 0)
        printLine(
          `version ${manifest.version}, sequence number ${manifest.seq}, signed with the key ${keyId}, until ${manifest.expires}`,
        );
      else for (const problem of problems) printNote(`verify: ${problem}`);
      return problems.length === 0 ? 0 : 1;
    },
  },
  Bun.argv.slice(2),
);
