/** `agent-server login NAME URL`: keeps the address and the key of a server as a profile. */
import { readFileSync } from 'node:fs';
import { ClientError } from '../../client/failure.ts';
import { escapeControls } from '../../core/text.ts';
import { codeOf, ok, type Result } from '../../core/failure.ts';
import { PROGRAM } from '../command/program.ts';
import { refuseUsage } from '../command/usage.ts';
import { defineVerb, JSON_ARG } from '../command/verb.ts';
import { explainClientError } from '../connection/client-failure.ts';
import { isLocal } from '../connection/connect.ts';
import { isProfileName, profilesPath, readProfiles } from '../connection/profiles-file.ts';
import { ADDRESS_RULE, parseUrl } from '../connection/server-address.ts';
import { readKeyFrom, type ChoiceFailure } from '../connection/server-choice.ts';
import { complain, note, printAnswer } from '../output.ts';
import { changeProfiles } from './change-profiles.ts';
import { checkKey } from './check-key.ts';
import { askSecret } from './secret-input.ts';

export const login = defineVerb({
  name: 'login',
  description:
    'Save the address and the key of a server as a profile, after checking that the server accepts the key. At a terminal you are asked for the key, which is not shown; otherwise it is read from standard input.',
  args: {
    name: { type: 'positional', required: true, description: 'Name of the profile: letters, digits, `.`, `_`, `-`.' },
    url: { type: 'positional', required: true, description: 'Address of the server.' },
    'key-file': { type: 'string', valueHint: 'PATH', description: 'Take the key from this file.' },
    use: { type: 'boolean', description: 'Use this profile from now on, as `agent-server use` does.' },
    ...JSON_ARG,
  },
  examples: [
    'login box https://box-8585.euw.devtunnels.ms',
    'login box https://box.example --use < key.txt',
    'login local http://127.0.0.1:8585 --key-file ~/devpilot-agent/api_key',
  ],
  completes: { name: 'profile' },
  async run({ args }) {
    const { name, use = false } = args;
    if (!isProfileName(name))
      return refuseUsage(
        'NAME must be 1 to 64 letters, digits, ".", "_" or "-", and begin with a letter or digit',
        'login',
      );
    const url = parseUrl(args.url);
    if (url === undefined) return refuseUsage(`URL ${ADDRESS_RULE}`, 'login');
    const kept = readProfiles(process.env);
    if (!kept.ok) return failed(kept.failure.message);
    const key = await readKey(url, args['key-file']);
    if (typeof key === 'number') return key;
    if (!key.ok) return failed(key.failure.message);
    if (key.value === '') return failed('there is no key: type it, or give it on standard input or with --key-file');
    try {
      const health = await checkKey(url, key.value);
      const changed = await changeProfiles(process.env, (now) => ({
        ...now,
        profiles: new Map(now.profiles).set(name, { url, key: key.value }),
        ...(use && { current: name }),
      }));
      if (!changed.ok) return failed(changed.failure.message);
      const { current } = changed.value;
      if (url.startsWith('http:') && !isLocal(url))
        note(`agent-server: the key travels unencrypted to ${url}; use https where you can`);
      const server = health.authenticated ? { version: health.version, hostname: health.hostname } : undefined;
      const said = server === undefined ? '' : `, agent-server ${server.version} on ${server.hostname}`;
      const next = current === name ? 'in use' : `use it with: --profile ${name}, or ${PROGRAM} use ${name}`;
      await printAnswer(
        args.json,
        { name, url, ...server, current: current === name, path: profilesPath(process.env) },
        escapeControls(`${name} is ${url}${said}; ${next}`),
      );
      return 0;
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      const next = error.reason === 'unreachable' ? '; check that a server runs there' : '';
      return failed(`${explainLogin(error)}${next}; nothing was saved`);
    }
  },
});

const explainLogin = (error: ClientError): string =>
  error.reason === 'key-refused' ? 'the server does not accept this API key' : explainClientError(error);

function failed(message: string): number {
  complain(message);
  return 1;
}

/** A number is the exit code of who was interrupted. */
async function readKey(url: string, path: string | undefined): Promise<Result<string, ChoiceFailure> | number> {
  if (path !== undefined) return readKeyFrom(path, 'given with --key-file');
  if (!process.stdin.isTTY) return ok(await readPipedKey());
  const typed = await askSecret(`API key of ${url} (it is not shown): `);
  return typeof typed === 'number' ? typed : ok(typed.trim());
}

const STDIN = 0;

/** Read at once, because Bun's streams of standard input find none under Wine (EBADF); those serve where it does not block. */
async function readPipedKey(): Promise<string> {
  try {
    return readFileSync(STDIN, 'utf8').trim();
  } catch (error) {
    if (codeOf(error) !== 'EAGAIN') throw error;
    return (await Bun.stdin.text()).trim();
  }
}
