/**
 * Command lines of every verb, which the compiled executable is to run beside a server that has a job and a terminal.
 * They follow each other: a profile is made before it is used, an agent's session before it is looked at.
 */
export interface VerbLine {
  /** `{job}`, `{url}`, `{folder}`, `{agent}` and `{session}` are filled in. */
  readonly words: readonly string[];
  /** How it ends. Default: 0. */
  readonly codes?: readonly number[];
  /** The same without --json, where that differs. */
  readonly textCodes?: readonly number[];
  /** Whether the key is on standard input. */
  readonly readsKey?: true;
}

const line = (words: string, ...codes: number[]): VerbLine => ({
  words: words.split(' '),
  ...(codes.length > 0 && { codes }),
});

export const VERB_LINES: Readonly<Record<string, readonly VerbLine[]>> = {
  // The folder has its server already.
  serve: [line('serve', 1)],
  selftest: [line('selftest')],
  run: [
    line('run true'),
    line('run false', 1),
    line('run true --detach'),
    line('run --session build true'),
    line('run --program -- true'),
  ],
  jobs: [line('jobs')],
  logs: [line('logs {job}'), line('logs {job} --follow')],
  cancel: [line('cancel {job}')],
  sessions: [line('sessions list'), line('sessions delete build'), line('sessions')],
  ls: [line('ls {folder} -la'), line('ls {folder}/none', 1)],
  cat: [line('cat {folder}/none', 1), line('cat {folder}', 1)],
  // No terminal for an editor.
  edit: [line('edit {folder}/none', 1), line('edit {folder}/none --old a --new b', 1)],
  // What finds nothing says nothing, as grep does.
  find: [line('find {folder}/none --name any', 1)],
  watch: [line('watch {folder}/none', 1)],
  system: [line('system')],
  cp: [line('cp :/etc/hosts {folder}/hosts'), line('cp -r :{folder}/none {folder}', 1), line('cp a b', 2)],
  ps: [line('ps'), line('ps --all --tree')],
  // That job has ended.
  kill: [line('kill {job}', 1), line('kill 0', 1)],
  // Without --json it is for a person at a terminal (attach.test.ts).
  attach: [{ words: ['attach', 'build'], textCodes: [1] }],
  terminals: [line('terminals list'), { words: ['terminals', 'delete', 'build'], textCodes: [1] }],
  ports: [line('ports'), line('ports --http')],
  // An address that is nobody's.
  forward: [line('forward 0:1 --bind 192.0.2.1', 1)],
  audit: [line('audit')],
  agents: [line('agents')],
  ask: [{ words: ['ask', 'hello', '--agent', '{agent}'] }, { words: ['ask', 'hello', '--agent', 'none'], codes: [1] }],
  agent: [
    line('agent list'),
    line('agent log {session}'),
    line('agent attach {session}'),
    line('agent close {session} --remove'),
  ],
  // Which agents this machine has is not this test's.
  acp: [line('acp', 0, 1), line('acp install --print')],
  // There is no desktop.
  open: [line('open 3000 --print')],
  keys: [line('keys add ci --scope observe'), line('keys list'), line('keys rotate ci'), line('keys delete ci')],
  // The server was not started with a dashboard.
  register: [line('register', 1)],
  login: [{ words: ['login', 'box', '{url}'], readsKey: true }],
  use: [line('use box'), line('use')],
  profiles: [line('profiles')],
  logout: [line('logout box')],
  completion: [line('completion bash'), line('completion zsh'), line('completion fish'), line('completion pwsh')],
  // It was built without a key of releases.
  update: [line('update --check', 1), line('update --cancel')],
  // What is missing on the machine is a warning; a check that fails is not this test's.
  doctor: [line('doctor', 0, 1)],
  'verify-release': [line('verify-release {folder}', 1)],
  version: [line('version')],
};
