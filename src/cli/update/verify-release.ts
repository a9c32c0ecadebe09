/** `agent-server verify-release`: whether the files in a folder are a release for this program, before one is installed. */
import { BUILD } from '../../build-info.ts';
import { escapeControls } from '../../core/text.ts';
import { checkReleaseFolder, explainFolderFailure } from '../../updater/release-folder.ts';
import { complain, print, printJson } from '../output.ts';
import { defineVerb, JSON_ARG } from '../command/verb.ts';

export const verifyRelease = defineVerb({
  name: 'verify-release',
  description:
    'Check that a folder holds a release that this program accepts: the signature of manifest.json, and the size and hash of its executables. Exit code 1 if not.',
  args: {
    folder: {
      type: 'positional',
      required: true,
      description: 'Folder with manifest.json, manifest.json.minisig and executables.',
    },
    file: {
      type: 'string',
      valueHint: 'NAME',
      description: 'Check this executable only; repeatable. Default: all that the manifest lists.',
    },
    ...JSON_ARG,
  },
  examples: ['verify-release ~/Downloads/agent-server', 'verify-release . --file agent-server-linux-x64 --json'],
  async run({ args, all }) {
    const expected = { files: all('file'), channel: BUILD.channel, now: Date.now() };
    const { signed, checked, failures } = await checkReleaseFolder(args.folder, BUILD.publicKeys, expected);
    const problems = failures.map((failure) => ({ ...failure, message: explainFolderFailure(failure) }));
    const valid = signed !== undefined && problems.length === 0;
    if (args.json === true) {
      const { version, seq, channel } = signed?.manifest ?? {};
      await printJson({ valid, version, seq, channel, keyId: signed?.keyId, files: checked, problems });
    } else if (valid) {
      await print(`version ${signed.manifest.version}, signed with the key ${signed.keyId}`);
      for (const file of checked) await print(`  ${escapeControls(file)} is as it was signed`);
    } else for (const { message } of problems) complain(message);
    return valid ? 0 : 1;
  },
});
