/** `agent-server ask "PROMPT"`: asks an agent on the server, as if it ran in this terminal. */
import type { Client } from '../../client/client.ts';
import { ClientError } from '../../client/failure.ts';
import { PROGRAM } from '../command/program.ts';
import { refuseUsage } from '../command/usage.ts';
import { defineVerb } from '../command/verb.ts';
import { CONNECT_ARGS, isLocal, withClient } from '../connection/connect.ts';
import { Interrupts } from '../interrupts.ts';
import { complain, note, printJson } from '../output.ts';
import { newSession, SESSION_ARGS, sessionChoices, type AskOptions, type SessionChoices } from './ask-options.ts';
import { ForegroundTurn } from './foreground-turn.ts';
import { closeOpen, openExisting, openNew, type OpenedSession } from './open-session.ts';
import { readPrompt } from './prompt-input.ts';
import { ownScreen } from './screen.ts';
import { ASK_EXIT_CODES } from './turn-exit.ts';

export const ask = defineVerb({
  name: 'ask',
  description:
    'Ask an agent on the server: what it says goes to stdout, what it does is reported on stderr. Ctrl-C cancels the turn.',
  args: {
    prompt: {
      type: 'positional',
      required: false,
      description:
        'The prompt, in quotes. It is read from standard input if it is -, or if it is missing and standard input is not a terminal.',
    },
    ...SESSION_ARGS,
    keep: { type: 'boolean', description: 'Leave the session open at the end, and print its id on stderr.' },
    verbose: { type: 'boolean', description: 'Show thoughts, plans, allowed requests and the agent’s stderr too.' },
    ...CONNECT_ARGS,
    json: {
      type: 'boolean',
      description:
        'Print the session and then each event as JSON, one per line. Without this option, control characters are escaped.',
    },
  },
  examples: [
    'ask "What does this project do?"',
    'ask "Make the tests pass" --agent claude --policy workdir --timeout 900',
    'ask --cwd /srv/app --policy read-only < question.md > answer.md',
    'ask "Now in French" --session 4f1c0a9be2d3',
    'ask "Which files are unused?" --json',
  ],
  exitCodes: ASK_EXIT_CODES,
  completes: { agent: 'agent', session: 'agent-session' },
  async run({ args }) {
    const choices = sessionChoices(args);
    if (!choices.ok) return refuseUsage(choices.failure.message, 'ask');
    const prompt = await readPrompt(args.prompt);
    if (!prompt.ok) return refuseUsage(prompt.failure.message, 'ask');
    const flags = { json: args.json === true, verbose: args.verbose === true, keep: args.keep === true };
    return withClient({ ...args, named: args.session }, (client) =>
      askAgent(client, { text: prompt.value, args, choices: choices.value, ...flags }),
    );
  },
});

interface Question {
  readonly text: string;
  readonly args: AskOptions;
  readonly choices: SessionChoices;
  readonly json: boolean;
  readonly verbose: boolean;
  readonly keep: boolean;
}

async function askAgent(client: Client, question: Question): Promise<number> {
  using interrupts = new Interrupts();
  let left: OpenedSession | undefined;
  const leaving = interrupts.second.then((code) => {
    if (left?.opened === true)
      note(
        `agent-server: session ${left.session.id} stays open; close it with: ${PROGRAM} agent close ${left.session.id}`,
      );
    return code;
  });
  const asking = async (): Promise<number> => {
    const asks = process.stdin.isTTY && process.stderr.isTTY;
    const { args, choices } = question;
    const opened =
      args.session === undefined
        ? await openNew(client, newSession(args, choices, isLocal(client.url)), asks)
        : await openExisting(client, args.session, choices);
    if (typeof opened === 'number') return opened;
    left = opened;
    return inSession(client, opened, question, asks, interrupts);
  };
  // Awaited here: returning the promise itself would stop listening for Ctrl-C at once.
  return await Promise.race([asking(), leaving]);
}

async function inSession(
  client: Client,
  { session, opened }: OpenedSession,
  { text, json, verbose, keep }: Question,
  asks: boolean,
  interrupts: Interrupts,
): Promise<number> {
  let reachable = true;
  try {
    if (json) await printJson({ event: 'session', data: session });
    const turn = new ForegroundTurn({ client, session, screen: ownScreen(), json, verbose, asks });
    void interrupts.first.then((code) => turn.cancel(code));
    return await turn.run(text);
  } catch (error) {
    reachable = !(error instanceof ClientError && error.transient);
    throw error;
  } finally {
    if (keep && opened)
      note(`agent-server: session ${session.id} stays open; go on with: ${PROGRAM} ask --session ${session.id} "…"`);
    else if (opened && reachable) await closeOpen(client, session.id).catch(complainOf(session.id));
  }
}

const complainOf = (id: string) => (error: unknown) =>
  complain(`session ${id} could not be closed: ${error instanceof Error ? error.message : String(error)}`);
