/** `npm run release`: makes a signed release out of the executables that `npm run build` made. */
import { join } from 'node:path';
import { isCount } from '../updater/manifest-fields.ts';
import { checkedChannel, checkedUrl, checkedVersion } from './build/baked-info.ts';
import { printLine, printNote, runCommand } from './command.ts';
import { parseDuration } from './duration.ts';
import { makeRelease, type Released } from './make-release.ts';
import { ReleaseError } from './release-error.ts';

const HELP = `Makes a release: a folder that any web server can serve, and that executables update themselves from.

  npm run release -- --version V --from DIR --secret-key FILE --out DIR

  --version V          the version that the executables are
  --from DIR           where they are, named as npm run build names them
  --secret-key FILE    agent-server.key of npm run keygen, or of minisign -G -W
  --out DIR            the release; one that is there is replaced, whole
  --seq N              sequence number, above that of every earlier release of the channel (default: Unix seconds)
  --expires TIME       how long machines take it, such as 12h, 30d or 52w (default: 30d)
  --channel C          the line of releases it belongs to (default: what the executables say)
  --update-url URL     where the installers fetch it (default: what the executables say)
  --installers DIR     where install.sh and install.ps1 are (default: here)
  --json               prints what was made as JSON (npm run --silent release -- … --json)

Examples
  npm run build -- --all --version 1.2.3 --public-key keys/agent-server.pub --update-url https://example.com/agent-server
  npm run release -- --version 1.2.3 --from dist --secret-key keys/agent-server.key --out public/agent-server
  npm run verify -- public/agent-server --public-key keys/agent-server.pub`;

const REQUIRED = ['version', 'from', 'secret-key', 'out'] as const;

function seqOf(text: string): number {
  const seq = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (isCount(seq, Number.MAX_SAFE_INTEGER)) return seq;
  throw new ReleaseError(`--seq must be a whole number above 0, not ${JSON.stringify(text)}`);
}

function tell({ out, manifest, keyId, updateUrl, files, notes }: Released): void {
  printLine(`version ${manifest.version}, channel ${manifest.channel}, sequence number ${manifest.seq}`);
  printLine(`signed with the key ${keyId}, until ${manifest.expires}`);
  printLine(`installers fetch from ${updateUrl === '' ? 'nowhere' : updateUrl}`);
  printLine();
  for (const file of files) printLine(join(out, file));
  for (const note of notes) printNote(`release: ${note}`);
}

process.exitCode = await runCommand(
  {
    name: 'release',
    help: HELP,
    options: {
      version: { type: 'string' },
      from: { type: 'string' },
      'secret-key': { type: 'string' },
      out: { type: 'string' },
      seq: { type: 'string' },
      expires: { type: 'string', default: '30d' },
      channel: { type: 'string' },
      'update-url': { type: 'string' },
      installers: { type: 'string', default: join(import.meta.dir, '../..') },
      json: { type: 'boolean' },
    },
    async run(values) {
      const { version, from, 'secret-key': secretKey, out, seq, channel, 'update-url': updateUrl } = values;
      if (version === undefined || from === undefined || secretKey === undefined || out === undefined) {
        const missing = REQUIRED.filter((name) => values[name] === undefined);
        throw new ReleaseError(`--${missing.join(' and --')} must be given; see npm run release -- --help`);
      }
      const released = await makeRelease({
        version: checkedVersion(version),
        from,
        secretKey,
        out,
        seq: seq === undefined ? undefined : seqOf(seq),
        expiresIn: parseDuration(values.expires),
        channel: channel === undefined ? undefined : checkedChannel(channel),
        updateUrl: updateUrl === undefined ? undefined : checkedUrl(updateUrl),
        installers: values.installers,
        now: Date.now(),
      });
      if (values.json === true) printLine(JSON.stringify(released));
      else tell(released);
      return 0;
    },
  },
  Bun.argv.slice(2),
);
