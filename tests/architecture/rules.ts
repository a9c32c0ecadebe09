/**
 * The arrows of the house, and the few other rules that can be read off the text of src.
 *
 *   core ← platform ← events ← rooms ← modes ← http ← app ← cli/serve ← main
 *   protocol ← modes, http, client, console;  client ← the other cli verbs, the console's page
 *
 * AGENTS.md draws the same for people.
 */
import { dirname, join } from 'node:path/posix';

/** Path below src, such as `jobs/job.ts` → text. */
export type SourceTree = ReadonlyMap<string, string>;

/** A room → its files at the rim of the house beyond those that are named after it. A new room is one row here. */
export type Rooms = Readonly<Record<string, readonly string[]>>;

export const ROOMS: Rooms = {
  jobs: [
    'app/shell-jobs.ts',
    'app/process-jobs.ts',
    'app/job-metrics.ts',
    'app/processes.ts',
    'modes/shell/',
    'modes/process/',
    'http/processes/',
    'cli/processes/',
  ],
  shells: ['app/sessions.ts', 'settings/sessions.ts', 'http/sessions/', 'modes/persistent-shell/'],
  terminals: [],
  agents: ['modes/acp/', 'client/acp/', 'http/acp/'],
  tunnel: [],
  files: ['modes/file-copy/', 'cli/copy/'],
  ports: ['cli/ports/'],
  keys: ['cli/keys/'],
  // What makes a release writes what an update reads, so both have it from one place.
  metrics: [],
  audit: [],
  system: [],
  updater: ['settings/update.ts', 'app/update.ts', 'http/update/', 'cli/update/', 'cli/serve/supervision/', 'release/'],
};

/** Part of the house → the parts it may import, itself apart. What has no row here must not be there. */
function arrowsBetween(rooms: Rooms): Readonly<Record<string, readonly string[]>> {
  const upToRooms = ['core', 'platform', 'events', ...Object.keys(rooms)];
  return {
    core: [],
    protocol: [],
    // What build.ts puts into the Windows executable; no part of the program.
    executable: [],
    // What makes executables and releases; no part of the program.
    release: ['core', 'platform', 'updater', 'build-info', 'executable'],
    // What build.ts baked in; a leaf.
    'build-info': [],
    version: ['build-info'],
    platform: ['core'],
    settings: ['core', 'platform'],
    events: ['core', 'platform'],
    ...Object.fromEntries(Object.keys(rooms).map((room) => [room, ['core', 'platform', 'events']])),
    updater: ['core', 'platform', 'events', 'build-info'],
    modes: [...upToRooms, 'protocol'],
    http: [...upToRooms, 'modes', 'protocol', 'pages', 'console', 'api-page', 'version'],
    app: [...upToRooms, 'modes', 'protocol', 'http', 'console', 'settings', 'version', 'build-info'],
    client: ['core', 'protocol'],
    // A library of its own for Node and Bun, which needs no server; the rest of the client stays on Web APIs.
    'client/acp': ['core', 'platform', 'protocol', 'agents', 'version'],
    // What pages for people have in common: packing their files, and finding them in the executable.
    pages: ['core'],
    console: ['core', 'protocol', 'client', 'pages'],
    'api-page': ['pages'],
    // `doctor` looks where the server would: it reads the configuration, and nothing above it.
    cli: ['core', 'platform', 'protocol', 'client', 'settings', 'version', 'build-info'],
    // Which agents are there, where no server runs that could be asked.
    'cli/doctor': ['core', 'platform', 'protocol', 'client', 'settings', 'cli', 'agents', 'version', 'build-info'],
    // What an installer asks before there is a server.
    'cli/update': ['core', 'platform', 'protocol', 'client', 'settings', 'cli', 'updater', 'build-info'],
    // Folders are packed and unpacked here as the server does it there.
    'cli/copy': ['core', 'platform', 'protocol', 'client', 'cli', 'files'],
    'cli/serve': ['core', 'platform', 'protocol', 'client', 'cli', 'app', 'settings', 'version', 'updater'],
    'cli/cli': ['core', 'platform', 'cli', 'cli/copy', 'cli/doctor', 'cli/serve', 'cli/update', 'version'],
    main: ['cli/cli'],
  };
}

/** Files and folders of a part that stand higher than the rest of it. */
const STANDS_APART: Readonly<Record<string, string>> = {
  'client/acp/': 'client/acp',
  'cli/cli.ts': 'cli/cli',
  'cli/copy/': 'cli/copy',
  'cli/doctor/': 'cli/doctor',
  'cli/serve/': 'cli/serve',
  'cli/update/': 'cli/update',
};

/** Package → who may import it: a folder (with a slash at its end) or a file. No other package comes into src. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  '@agentclientprotocol/sdk': ['agents/'],
  'client-zip': ['files/archive/write-zip.ts'],
  'tar-stream': ['files/archive/read-tar.ts'],
  yauzl: ['files/archive/read-zip.ts'],
  'bun-pty': ['platform/pty/'],
  'eventsource-parser': ['client/sse.ts'],
  '@xterm/headless': ['terminals/headless.ts', 'terminals/screen.ts', 'terminals/drawn-text.ts'],
  '@xterm/xterm': ['console/page/terminals/'],
  '@xterm/addon-fit': ['console/page/terminals/'],
  '@xterm/addon-web-links': ['console/page/terminals/'],
  '@xterm/addon-unicode11': ['console/page/terminals/', 'terminals/headless.ts'],
  '@xterm/addon-webgl': ['console/page/terminals/'],
  ignore: ['files/ignore/'],
  'jsonc-parser': ['cli/acp/install/'],
  'bun:ffi': ['platform/'],
  'bun:sqlite': ['jobs/store.ts', 'jobs/open-index.ts', 'platform/files/file-lock.ts'],
  citty: ['cli/'],
  diff: ['console/page/agents/tool-call/', 'files/edit/unified-diff.ts'],
  marked: ['console/page/agents/markdown/'],
  'prom-client': ['metrics/'],
  resedit: ['executable/'],
  elysia: ['http/', 'app/'],
  typebox: ['protocol/', 'http/'],
};

/** Who reads package.json or package-lock.json; nothing else leaves src. */
const READS_ROOT = ['build-info.ts', 'release/build/'];

const MAX_LINES = 300;

/** Pattern in the code → the only places that may have it, and what it is. */
const RESERVED: readonly { readonly pattern: RegExp; readonly only: readonly string[]; readonly what: string }[] = [
  {
    pattern: /\bprocess\.platform\b|\bplatform\(\)|\bos\.type\(\)|\bisWindows\b/,
    only: ['platform/'],
    what: 'asks which OS this is',
  },
  { pattern: /\bBun\.Terminal\b|\bterminal: \{\s*cols\b/, only: ['platform/pty/'], what: 'opens a PTY' },
  { pattern: /\bprocess\s*\.\s*exit\s*\(/, only: ['main.ts'], what: 'ends the process' },
  {
    pattern: /\bconsole\s*\.\s*\w+\s*\(|\bprocess\.(stdout|stderr)\.write\b|\bBun\.(stdout|stderr)\b/,
    // A sample writes to the console of whoever pastes it.
    only: ['cli/output.ts', 'release/command.ts', 'api-page/page/samples/javascript.ts'],
    what: 'writes to the console',
  },
];

/**
 * The files of a room. `app/features.ts` and `settings/all.ts` list the rooms, `cli/cli.ts` the verbs; no other file
 * outside of a room's own may import one of these, so that a further room changes nobody else.
 */
const filesOf = (room: string, more: readonly string[]): readonly string[] => [
  `${room}/`,
  `app/${room}.ts`,
  `settings/${room}.ts`,
  `http/${room}/`,
  ...more,
];
const LISTS_OF_ROOMS = ['app/features.ts', 'settings/all.ts', 'cli/cli.ts'];
/** A mode runs jobs: what a job is to it is the jobs room's to say. */
const SHARED_BY_ROOMS: Readonly<Record<string, readonly string[]>> = {
  'modes/': ['jobs/'],
  // Commands of an agent may run in a persistent shell, which an acp job names as jobs of that mode do.
  'modes/acp/': ['shells/', 'modes/persistent-shell/'],
  'app/agents.ts': ['shells/pool.ts'],
  // The inherited terminal port has no other sockets.
  'app/listen.ts': ['http/terminals/socket/plan.ts'],
  // Where no server runs, it looks for agents as a server would.
  'cli/doctor/agents.ts': ['agents/registry/agent-registry.ts'],
  // Under which supervisor a server runs decides how it starts and ends.
  'cli/serve/serve.ts': ['cli/serve/supervision/'],
};

/** Every breach, as sentences that begin with the file's path. */
export function breaches(tree: SourceTree, rooms: Rooms = ROOMS): string[] {
  const arrows = arrowsBetween(rooms);
  return [...tree].flatMap(([path, text]) => [
    ...importsOf(text).flatMap(
      (specifier) =>
        importBreach(arrows, path, specifier) ?? rimBreach(rooms, path, join(dirname(path), specifier)) ?? [],
    ),
    ...textBreaches(path, text),
  ]);
}

/** Imports that lead back to where they began, each as the files on the way. */
export function circles(tree: SourceTree): string[] {
  const found = new Set<string>();
  const done = new Set<string>();
  const walk = (path: string, way: readonly string[]): void => {
    const at = way.indexOf(path);
    if (at >= 0) {
      const circle = way.slice(at);
      const first = circle.indexOf(circle.toSorted()[0] ?? '');
      found.add([...circle.slice(first), ...circle.slice(0, first)].join(' → '));
      return;
    }
    if (done.has(path)) return;
    for (const specifier of importsOf(tree.get(path) ?? '')) {
      const target = join(dirname(path), specifier);
      if (specifier.startsWith('.') && tree.has(target)) walk(target, [...way, path]);
    }
    done.add(path);
  };
  for (const path of tree.keys()) walk(path, []);
  return [...found];
}

function rimBreach(rooms: Rooms, path: string, target: string): string | undefined {
  const room = Object.entries(rooms).find(([name, more]) => isOneOf(target, filesOf(name, more)));
  if (room === undefined || isOneOf(path, [...filesOf(...room), ...LISTS_OF_ROOMS])) return undefined;
  const shared = Object.entries(SHARED_BY_ROOMS).some(([who, what]) => isOneOf(path, [who]) && isOneOf(target, what));
  return shared ? undefined : `${path} imports ${target}: only the room ${room[0]} itself may, and the lists of rooms`;
}

function importBreach(
  arrows: Readonly<Record<string, readonly string[]>>,
  path: string,
  specifier: string,
): string | undefined {
  if (!specifier.startsWith('.')) return packageBreach(path, specifier);
  const target = join(dirname(path), specifier);
  if (target.startsWith('..'))
    return isOneOf(path, READS_ROOT) ? undefined : `${path} reaches outside of src: ${specifier}`;
  const twin = twinBreach(path, target);
  if (twin !== undefined) return twin;
  const from = partOf(path);
  const to = partOf(target);
  const allowed = arrows[from];
  if (allowed === undefined)
    return `${path} is in no part of the house: draw its arrows in tests/architecture/rules.ts`;
  return from === to || allowed.includes(to)
    ? undefined
    : `${path} imports ${target}: no arrow leads from ${from} to ${to}`;
}

/** What one system does in its own way is reached through the index of its capability, which chooses. */
function twinBreach(path: string, target: string): string | undefined {
  if (path.startsWith('platform/')) return undefined;
  return /^platform\/(api\/|os\.ts|[\w-]+\/(posix|windows)\b)/.test(target)
    ? `${path} imports ${target}, which only platform/ may: ask the capability's index`
    : undefined;
}

function packageBreach(path: string, specifier: string): string | undefined {
  if (specifier === 'bun' || specifier.startsWith('node:')) return undefined;
  const name = Object.keys(PACKAGES).find((known) => specifier === known || specifier.startsWith(`${known}/`));
  if (name === undefined) return `${path} imports ${specifier}, which has no place in src`;
  return isOneOf(path, PACKAGES[name] ?? [])
    ? undefined
    : `${path} imports ${specifier}, which only ${PACKAGES[name]?.join(', ')} may`;
}

function textBreaches(path: string, text: string): string[] {
  const found: string[] = [];
  const lines = text.trimEnd().split('\n').length;
  if (lines > MAX_LINES) found.push(`${path} has ${lines} lines, more than ${MAX_LINES}`);
  // The one place of a capability that chooses the platform is its index.
  const isChoice = /^platform\/[\w-]+\/index\.ts$/.test(path);
  if (/(^|\/)(utils?|helpers?|index)\.ts$/.test(path) && !isChoice)
    found.push(`${path} is not named after the one thing in it`);
  const code = withoutComments(text);
  for (const { pattern, only, what } of RESERVED) {
    if (pattern.test(code) && !isOneOf(path, only)) found.push(`${path} ${what}, which only ${only.join(', ')} may`);
  }
  return found;
}

const isOneOf = (path: string, places: readonly string[]): boolean =>
  places.some((place) => (place.endsWith('/') ? path.startsWith(place) : path === place));

function partOf(path: string): string {
  const apart = Object.entries(STANDS_APART).find(([place]) => isOneOf(path, [place]));
  if (apart !== undefined) return apart[1];
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : path.replace(/\.ts$/, '');
}

// Not Bun.Transpiler's scan: it drops imports of types, and an arrow of types is an arrow.
function importsOf(text: string): string[] {
  const pattern =
    /(?:^|\n)\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]|\bimport\s*\(\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]/g;
  return [...withoutComments(text).matchAll(pattern)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '$1');
}
