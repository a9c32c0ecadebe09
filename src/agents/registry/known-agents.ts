/**
 * The agents that speak the Agent Client Protocol (ACP), and how they are started so that they do.
 *
 * The list of the protocol's makers is https://github.com/agentclientprotocol/registry.
 */
import type { KnownAgent } from './known-agent.ts';

const VERSION = String.raw`\d+(?:\.\d+)+(?:[-+][0-9A-Za-z.+-]{0,40}[0-9A-Za-z])?`;
/** A version alone or after that, at the very beginning: `gemini --version` prints `0.61.0`, `kimi --version` `kimi, version 1.9.0`. */
const version = (before = ''): RegExp => new RegExp(`^(?:${before})?(${VERSION})(?![\\w+-]|\\.\\d)`, 'i');

export const KNOWN_AGENTS: readonly KnownAgent[] = [
  {
    id: 'copilot',
    name: 'GitHub Copilot',
    commands: [['copilot', '--acp', '--stdio']],
    homepage: 'https://github.com/github/copilot-cli',
    identify: {
      package: /^@github\/copilot(?:-(?:linux|darwin|win32)-\w+)?$/,
      // The tool for Amazon ECS has this name, too: `copilot version: v1.34.1`.
      versionOutput: version('GitHub Copilot CLI '),
    },
  },
  {
    id: 'claude',
    name: 'Claude Code',
    // The adapter; `claude` itself does not speak the protocol. The second name is that of its first releases.
    commands: [['claude-agent-acp'], ['claude-code-acp']],
    homepage: 'https://github.com/agentclientprotocol/claude-agent-acp',
    // Whatever its arguments, it waits for the protocol on its input.
    identify: {
      nameIsEnough: true,
      package: /^@(?:agentclientprotocol|zed-industries)\/claude-(?:agent|code)-acp$/,
    },
  },
  {
    id: 'codex',
    name: 'Codex',
    // The adapter; `codex` itself does not speak the protocol.
    commands: [['codex-acp']],
    homepage: 'https://github.com/agentclientprotocol/codex-acp',
    // It knows no `--version`.
    identify: { nameIsEnough: true, package: /^@(?:agentclientprotocol|zed-industries)\/codex-acp(?:-\w+-\w+)?$/ },
  },
  {
    id: 'gemini',
    name: 'Gemini CLI',
    // Before this it was `--experimental-acp`, which the program now calls deprecated.
    commands: [['gemini', '--acp']],
    homepage: 'https://github.com/google-gemini/gemini-cli',
    identify: { package: /^@google\/gemini-cli$/, versionOutput: version() },
  },
  {
    id: 'opencode',
    name: 'OpenCode',
    commands: [['opencode', 'acp']],
    homepage: 'https://opencode.ai',
    identify: {
      package: /^opencode-(?:ai|(?:linux|darwin|windows)-[\w-]+)$/,
      // An older project of that name, which does not speak the protocol, puts a v in front: `v0.0.55`.
      versionOutput: version(),
    },
  },
  {
    id: 'kimi',
    name: 'Kimi Code',
    commands: [['kimi', 'acp']],
    homepage: 'https://github.com/MoonshotAI/kimi-code',
    // `2.1.0` from npm, `kimi, version 1.9.0` from Python.
    identify: { package: /^@moonshot-ai\/kimi-code$/, versionOutput: version('kimi, version ') },
  },
  {
    id: 'qwen',
    name: 'Qwen Code',
    commands: [['qwen', '--acp']],
    homepage: 'https://github.com/QwenLM/qwen-code',
    identify: { package: /^@qwen-code\/qwen-code$/, versionOutput: version() },
  },
  {
    id: 'goose',
    name: 'Goose',
    commands: [['goose', 'acp']],
    homepage: 'https://github.com/aaif-goose/goose',
    // No npm package brings it. A tool for database migrations has this name, too, and says `goose version: v3.26.0`.
    identify: { versionOutput: version('goose(?:-cli)? ') },
  },
  {
    id: 'cline',
    name: 'Cline',
    commands: [['cline', '--acp']],
    homepage: 'https://cline.bot',
    // The program itself comes in a package per system, `@cline/cli-linux-x64`.
    identify: { package: /^(?:cline|@cline\/cli-[\w-]+)$/, versionOutput: version() },
  },
  {
    id: 'pi',
    name: 'Pi',
    // The adapter; `pi` itself does not speak the protocol, and its name may be anybody's.
    commands: [['pi-acp']],
    homepage: 'https://github.com/svkozak/pi-acp',
    // Whatever its arguments, it waits for the protocol on its input.
    identify: { nameIsEnough: true, package: /^pi-acp$/ },
  },
  {
    id: 'auggie',
    name: 'Auggie',
    commands: [['auggie', '--acp']],
    homepage: 'https://www.augmentcode.com',
    identify: { nameIsEnough: true, package: /^@augmentcode\/auggie$/, versionOutput: version() },
    env: { AUGMENT_DISABLE_AUTO_UPDATE: '1' },
  },
  {
    id: 'cursor',
    name: 'Cursor',
    // Its installer also calls it `agent`, which may be anybody's.
    commands: [['cursor-agent', 'acp']],
    homepage: 'https://cursor.com/cli',
    identify: { nameIsEnough: true, versionOutput: version() },
  },
  {
    id: 'droid',
    name: 'Factory Droid',
    commands: [['droid', 'exec', '--output-format', 'acp']],
    homepage: 'https://factory.ai',
    // A tool of the British National Archives that tells file formats apart has this name, too.
    identify: { versionOutput: version('droid ') },
    env: { DROID_DISABLE_AUTO_UPDATE: 'true', FACTORY_DROID_AUTO_UPDATE_ENABLED: 'false' },
  },
  {
    id: 'vibe',
    name: 'Mistral Vibe',
    // `vibe` itself is for people.
    commands: [['vibe-acp']],
    homepage: 'https://github.com/mistralai/mistral-vibe',
    identify: { nameIsEnough: true },
  },
  {
    id: 'openhands',
    name: 'OpenHands',
    commands: [['openhands', 'acp']],
    homepage: 'https://github.com/OpenHands/OpenHands-CLI',
    identify: { nameIsEnough: true, versionOutput: version('OpenHands(?: CLI)? ') },
  },
  {
    id: 'stakpak',
    name: 'Stakpak',
    commands: [['stakpak', 'acp']],
    homepage: 'https://github.com/stakpak/agent',
    identify: { nameIsEnough: true, versionOutput: version('(?:stakpak )?v?') },
  },
  {
    id: 'kiro',
    name: 'Kiro',
    commands: [['kiro-cli', 'acp']],
    homepage: 'https://kiro.dev/docs/cli/acp',
    identify: { nameIsEnough: true, versionOutput: version('kiro-cli ') },
  },
  {
    id: 'qoder',
    name: 'Qoder',
    commands: [['qodercli', '--acp']],
    homepage: 'https://qoder.com/cli',
    identify: { nameIsEnough: true, package: /^@qoder-ai\/qodercli$/, versionOutput: version() },
  },
  {
    id: 'kilo',
    name: 'Kilo Code',
    commands: [['kilo', 'acp']],
    homepage: 'https://github.com/Kilo-Org/kilocode',
    // A small text editor has this name, too.
    identify: { package: /^@kilocode\/cli(?:-[\w-]+)?$/, versionOutput: version() },
  },
  {
    id: 'amp',
    name: 'Amp',
    // The adapter; `amp` itself does not speak the protocol.
    commands: [['amp-acp']],
    homepage: 'https://github.com/tao12345666333/amp-acp',
    identify: { nameIsEnough: true },
  },
];
