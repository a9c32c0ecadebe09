/**
 * The verbs, and which of them a command line calls. The code of a verb is loaded only when it is called, so that `run`
 * does not load the server, nor `serve` the client.
 */
import { messageOf } from '../core/failure.ts';
import { BREAK_SENDER_VERB, EXIT_RECORDER_VERB } from '../platform/process/index.ts';
import { VERSION } from '../version.ts';
import { parseArguments } from './command/arguments.ts';
import { OUTPUT_CLOSED_EXIT } from './command/exit-codes.ts';
import { programHelp, verbHelp } from './command/help.ts';
import { didYouMean } from './command/suggestion.ts';
import { complain, OutputClosed, print } from './output.ts';
import { refuseUsage } from './command/usage.ts';
import type { Verb } from './command/verb.ts';

const VERBS: Readonly<Record<string, () => Promise<Verb>>> = {
  serve: async () =>
    (await import('./serve/verb.ts')).serveVerb(async (args) => (await import('./serve/serve.ts')).runServe(args)),
  selftest: async () =>
    (await import('./serve/supervision/selftest-verb.ts')).selftestVerb(async (args) =>
      (await import('./serve/supervision/selftest.ts')).runSelftest(args),
    ),
  update: async () => (await import('./update/update.ts')).update,
  run: async () => (await import('./run/run.ts')).run,
  jobs: async () => (await import('./jobs/jobs.ts')).jobs,
  logs: async () => (await import('./jobs/logs.ts')).logs,
  cancel: async () => (await import('./jobs/cancel.ts')).cancel,
  sessions: async () => (await import('./sessions/sessions.ts')).sessions,
  attach: async () => (await import('./attach/attach.ts')).attach,
  terminals: async () => (await import('./terminals/terminals.ts')).terminals,
  cp: async () => (await import('./copy/cp.ts')).cp,
  ls: async () => (await import('./files/ls.ts')).ls,
  cat: async () => (await import('./files/cat.ts')).cat,
  edit: async () => (await import('./files/edit.ts')).edit,
  find: async () => (await import('./files/find.ts')).find,
  watch: async () => (await import('./files/watch.ts')).watch,
  system: async () => (await import('./system/system.ts')).system,
  ps: async () => (await import('./processes/ps.ts')).ps,
  kill: async () => (await import('./processes/kill.ts')).kill,
  ports: async () => (await import('./ports/ports.ts')).ports,
  open: async () => (await import('./ports/open.ts')).open,
  forward: async () => (await import('./ports/forward.ts')).forward,
  audit: async () => (await import('./audit/audit.ts')).audit,
  agents: async () => (await import('./agents/agents.ts')).agents,
  ask: async () => (await import('./agents/ask.ts')).ask,
  agent: async () => (await import('./agents/agent.ts')).agent,
  acp: async () => (await import('./acp/acp.ts')).acp,
  register: async () => (await import('./register/register.ts')).register,
  keys: async () => (await import('./keys/keys.ts')).keys,
  login: async () => (await import('./profiles/login.ts')).login,
  use: async () => (await import('./profiles/use.ts')).use,
  profiles: async () => (await import('./profiles/profiles.ts')).profiles,
  logout: async () => (await import('./profiles/logout.ts')).logout,
  completion: async () => (await import('./completion/completion.ts')).completion,
  doctor: async () => (await import('./doctor/doctor.ts')).doctor,
  'verify-release': async () => (await import('./update/verify-release.ts')).verifyRelease,
  version: async () => (await import('./version.ts')).version,
  [BREAK_SENDER_VERB]: async () => (await import('./break-sender.ts')).breakSender,
  [EXIT_RECORDER_VERB]: async () => (await import('./exit-recorder.ts')).exitRecorder,
};

/** Those that a user types. */
const NAMES = Object.keys(VERBS).filter((name) => !name.startsWith('__'));
const COMPLETE_VERB = '__complete';

/** Resolves to the exit code of the process. */
export async function runCli(rawArgs: readonly string[]): Promise<number> {
  const [first = '', ...rest] = rawArgs;
  // The command line of devpilot-agent has no verbs: `agent-server --port 8585` means `serve`.
  const bare = first === '' || first.startsWith('-');
  if (first === 'help') return runCli([...rest.slice(0, 1), '--help']);
  // Its words are not its own: they are those of the command line that is being typed.
  if (first === COMPLETE_VERB) return (await import('./completion/complete.ts')).complete(rest, VERBS);
  const load = bare ? VERBS['serve'] : Object.hasOwn(VERBS, first) ? VERBS[first] : undefined;
  if (load === undefined) return refuseUsage(`unknown verb ${JSON.stringify(first)}${didYouMean(first, NAMES)}`);

  const verb = await load();
  const args = bare ? rawArgs : rest;
  const parsed = parseArguments(verb.args, args);
  if (!parsed.ok) return refuseUsage(parsed.failure.message, bare ? undefined : verb.name);
  try {
    if (parsed.value === 'version') await print(VERSION);
    else if (parsed.value === 'help')
      await print(bare ? programHelp(await Promise.all(Object.values(VERBS).map((one) => one()))) : verbHelp(verb));
    else return await verb.run(parsed.value);
    return 0;
  } catch (error) {
    if (error instanceof OutputClosed) return OUTPUT_CLOSED_EXIT;
    complain(messageOf(error));
    return 1;
  }
}
