/** `agent-server acp install`: tells editors of this machine how to start `agent-server acp`. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { codeOf, messageOf } from '../../../core/failure.ts';
import { realPath } from '../../../platform/files/real-path.ts';
import { replaceFile } from '../../../platform/files/replace-file.ts';
import { editorFiles } from '../../../platform/paths/index.ts';
import { PROGRAM } from '../../command/program.ts';
import { GIVEN_KEY_VARIABLES } from '../../connection/precedence.ts';
import { complain, note, print, printJson } from '../../output.ts';
import { chooseDoor } from '../choose-door.ts';
import { EDITORS, isSettings, type Editor, type SettingsEditor } from './editors.ts';
import { entryOf, type AgentEntry, type EntryOptions } from './entry.ts';
import { withEntry } from './settings-text.ts';

export interface InstallOptions extends EntryOptions {
  /** Id of the editor; undefined: each whose configuration is there. */
  readonly client: string | undefined;
  readonly print: boolean;
  readonly json: boolean;
}

/** What was done for an editor. */
interface Installed {
  readonly client: string;
  readonly state: 'added' | 'updated' | 'unchanged' | 'printed';
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** File of its settings. */
  readonly path?: string;
  /** What belongs into its configuration. */
  readonly text?: string;
}

/** Resolves to the exit code. */
export async function install(options: InstallOptions): Promise<number> {
  const { server, client, json } = options;
  const choice = chooseDoor(server);
  if (!choice.ok) return failed(choice.failure.message);
  const entry = entryOf(options, choice.value, process.env);
  const variable = GIVEN_KEY_VARIABLES.find((name) => choice.value.keyFrom === `given by ${name}`);
  if (variable !== undefined)
    note(
      `agent-server: the key in ${variable} is not written into settings, and an editor may not have the variable; keep it: ${PROGRAM} login NAME ${choice.value.url}, and give --profile NAME`,
    );
  const editors = EDITORS.filter((editor) =>
    client === undefined ? options.print || isThere(editor) : editor.id === client,
  );
  if (editors.length === 0)
    return failed(
      `no editor was found whose settings could be changed; name one with --client (${EDITORS.map(({ id }) => id).join(', ')}), or see what belongs there: ${PROGRAM} acp install --print`,
    );
  const done: Installed[] = [];
  let code = 0;
  for (const editor of editors) {
    if (options.print || !isSettings(editor)) done.push(await shown(editor, entry, json));
    else {
      const result = await changed(editor, entry, json);
      if (typeof result === 'string') code = failed(result);
      else done.push(result);
    }
  }
  if (json) await printJson(done);
  return code;
}

/** Whether the user has it: its settings are there, or the folder of them. */
const isThere = (editor: Editor): boolean =>
  isSettings(editor) && existsSync(dirname(editorFiles(process.env)[editor.id]));

async function shown(editor: Editor, entry: AgentEntry, json: boolean): Promise<Installed> {
  const { name, command, args } = entry;
  const text = isSettings(editor)
    ? JSON.stringify({ [editor.setting]: { [name]: editor.value(entry) } }, undefined, 2)
    : editor.text(entry);
  const path = isSettings(editor) ? editorFiles(process.env)[editor.id] : undefined;
  if (!json) {
    note(`agent-server: for ${editor.name}, in ${isSettings(editor) ? (path ?? '') : editor.place}:`);
    await print(text);
  }
  return { client: editor.id, state: 'printed', name, command, args, ...(path !== undefined && { path }), text };
}

/** A text is why it could not be done. */
async function changed(editor: SettingsEditor, entry: AgentEntry, json: boolean): Promise<Installed | string> {
  const { name, command, args } = entry;
  // A link that the user made to a file elsewhere stays one.
  const path = realPath(editorFiles(process.env)[editor.id]);
  const byHand = `add it by hand: ${PROGRAM} acp install --client ${editor.id} --print`;
  try {
    const change = withEntry(textOf(path), editor.setting, name, editor.value(entry));
    if (!change.ok)
      return change.failure.reason === 'not-json'
        ? `${path} is not JSON that this version can read; correct it, or ${byHand}`
        : `${path} has something else as ${JSON.stringify(editor.setting)}, ${JSON.stringify(name)}; it was left alone, ${byHand}`;
    const { state } = change.value;
    if (change.value.state !== 'unchanged') {
      mkdirSync(dirname(path), { recursive: true });
      const written = await replaceFile(path, new TextEncoder().encode(change.value.text), () => true);
      if (!written.ok) return `${path} is no file that can be written; ${byHand}`;
    }
    if (!json)
      await print(`${editor.name}: ${state === 'unchanged' ? 'has' : state} ${JSON.stringify(name)} in ${path}`);
    return { client: editor.id, state, name, command, args, path };
  } catch (error) {
    return `${path} cannot be changed: ${messageOf(error)}; ${byHand}`;
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return '';
    throw error;
  }
}

function failed(message: string): number {
  complain(message);
  return 1;
}
