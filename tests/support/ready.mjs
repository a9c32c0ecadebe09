/**
 * Makes a fresh clone ready: installs what is missing, and says nothing when nothing is.
 *
 * Runs under Node, because Bun itself is one of the things that may be missing. With `--test` it also
 * installs the Debian packages that tests need, where it may (root on Debian) and where one is missing.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Command that a test runs → the Debian package it comes from. */
const DEBIAN_COMMANDS = {
  setsid: 'util-linux',
  ps: 'procps',
  zsh: 'zsh',
  'chromium-headless-shell': 'chromium-headless-shell',
  minisign: 'minisign',
  faketime: 'faketime',
  // What archives are compared with.
  tar: 'tar',
  zip: 'zip',
  unzip: 'unzip',
  python3: 'python3',
  // For install.sh: what it downloads with, the smallest shell it has to work in, and who reads it for faults.
  curl: 'curl',
  wget: 'wget',
  busybox: 'busybox',
  shellcheck: 'shellcheck',
  nginx: 'nginx-light',
  openssl: 'openssl',
};

/** What serves as well, only slower, where there is no such package. */
const STAND_INS = { 'chromium-headless-shell': 'chromium' };

// Errors alone: packages whose script only a browser runs warn of the Node that installs them.
if (!isInstalled()) npm(['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
// `--ignore-scripts` in somebody's npm settings leaves the launcher without the binary it launches.
if (!bunRuns()) npm(['rebuild', 'bun', '--ignore-scripts=false']);
if (process.argv.includes('--test')) installDebianPackages();

/** Whether node_modules holds exactly what the lockfile says. */
function isInstalled() {
  const wanted = readPackages('package-lock.json');
  const present = readPackages(join('node_modules', '.package-lock.json'));
  if (present === undefined) return false;
  return Object.entries(wanted ?? {}).every(([path, { version, optional }]) => {
    // Optional ones are for other systems.
    return path === '' || present[path]?.version === version || (optional === true && present[path] === undefined);
  });
}

function readPackages(path) {
  try {
    return JSON.parse(readFileSync(join(root, path), 'utf8')).packages;
  } catch {
    return undefined;
  }
}

function bunRuns() {
  const bun = join(root, 'node_modules', 'bun', 'bin', 'bun.exe');
  return existsSync(bun) && spawnSync(bun, ['--version']).status === 0;
}

function npm(args) {
  console.error(`agent-server: npm ${args.join(' ')}`);
  // npm tells its scripts where it is itself; by hand it is looked up, which on Windows takes a shell.
  const script = process.env.npm_execpath;
  const [command, ...head] = script === undefined ? ['npm'] : [process.execPath, script];
  const shell = script === undefined && process.platform === 'win32';
  const { status } = spawnSync(command, [...head, ...args], { cwd: root, stdio: ['ignore', 2, 2], shell });
  if (status !== 0) process.exit(status ?? 1);
}

function installDebianPackages() {
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return;
  const folders = (process.env.PATH ?? '').split(delimiter);
  const isThere = (command = '') => command !== '' && folders.some((folder) => existsSync(join(folder, command)));
  const missing = Object.entries(DEBIAN_COMMANDS).filter(([command]) => !isThere(command));
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map(([, name]) => name))];
  console.error(`agent-server: apt-get install ${packages.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args) => spawnSync('apt-get', ['-qq', ...args], { env, stdio: ['ignore', 2, 2] }).status === 0;
  const install = () => apt('install', '-y', '--no-install-recommends', ...packages);
  if (install() || (apt('update') && install())) return;
  if (!missing.every(([command]) => isThere(STAND_INS[command]))) process.exit(1);
}
