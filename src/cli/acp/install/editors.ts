/**
 * The editors that start agents, and where each wants to be told of one. Those whose configuration is a program get a text to
 * paste: changing somebody's program is not ours.
 */
import type { EditorFiles } from '../../../platform/paths/paths.ts';
import type { AgentEntry } from './entry.ts';

export type Editor = SettingsEditor | PastingEditor;

/** Its configuration is a JSON file, with comments. */
export interface SettingsEditor {
  readonly id: keyof EditorFiles;
  readonly name: string;
  /** The setting that holds agents by name. */
  readonly setting: string;
  readonly value: (entry: AgentEntry) => object;
}

export interface PastingEditor {
  readonly id: string;
  readonly name: string;
  /** Where the text belongs. */
  readonly place: string;
  readonly text: (entry: AgentEntry) => string;
}

const withEnv = ({ command, args }: AgentEntry) => ({ command, args, env: {} });

export const EDITORS: readonly Editor[] = [
  {
    // https://zed.dev/docs/ai/external-agents
    id: 'zed',
    name: 'Zed',
    setting: 'agent_servers',
    // Versions before 0.221 have no types, and pass over it.
    value: (entry) => ({ type: 'custom', ...withEnv(entry) }),
  },
  {
    // https://github.com/formulahendry/vscode-acp
    id: 'vscode',
    name: 'VS Code with the extension ACP Client (formulahendry.acp-client)',
    setting: 'acp.agents',
    value: withEnv,
  },
  {
    // https://www.jetbrains.com/help/ai-assistant/acp.html
    id: 'jetbrains',
    name: 'JetBrains AI Assistant',
    setting: 'agent_servers',
    value: withEnv,
  },
  {
    // https://github.com/batrachianai/toad
    id: 'toad',
    name: 'Toad',
    place: 'a shell, in the folder of the project',
    text: ({ name, command, args }) =>
      `toad acp ${shellWord([command, ...args].map(shellWord).join(' '))} . --title ${shellWord(name)}`,
  },
  {
    // https://codecompanion.olimorris.dev/configuration/adapters-acp
    id: 'codecompanion',
    name: 'Neovim with CodeCompanion',
    place: 'the setup of CodeCompanion; then choose the adapter agent_server',
    text: ({ name, command, args }) => `require("codecompanion").setup({
  adapters = {
    acp = {
      agent_server = function()
        return require("codecompanion.adapters").extend("opencode", {
          name = "agent_server",
          formatted_name = ${quoted(name)},
          commands = { default = { ${[command, ...args].map(quoted).join(', ')} } },
        })
      end,
    },
  },
})`,
  },
  {
    // https://github.com/yetone/avante.nvim
    id: 'avante',
    name: 'Neovim with Avante',
    place: 'the setup of Avante',
    text: ({ command, args }) => `require("avante").setup({
  provider = "agent-server",
  acp_providers = {
    ["agent-server"] = { command = ${quoted(command)}, args = { ${args.map(quoted).join(', ')} } },
  },
})`,
  },
  {
    // https://github.com/xenodium/agent-shell
    id: 'emacs',
    name: 'Emacs with agent-shell',
    place: 'your init file; then M-x agent-shell-agent-server',
    text: ({ name, command, args }) => `(defun agent-shell-agent-server ()
  "Start a shell with an agent of agent-server."
  (interactive)
  (agent-shell-start
   :config (agent-shell-make-agent-config
            :identifier 'agent-server
            :mode-line-name ${quoted(name)}
            :buffer-name ${quoted(name)}
            :shell-prompt "agent> "
            :shell-prompt-regexp "agent> "
            :client-maker (lambda (buffer)
                            (acp-make-client :context-buffer buffer
                                             :command ${quoted(command)}
                                             :command-params '(${args.map(quoted).join(' ')}))))))`,
  },
];

export const isSettings = (editor: Editor): editor is SettingsEditor => 'setting' in editor;

/** Lua and Emacs Lisp read the strings of JSON where only quotes and backslashes are escaped, as in paths. */
const quoted = (text: string): string => JSON.stringify(text);

/** A word of a POSIX shell. Toad runs on Linux and macOS alone. */
const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
