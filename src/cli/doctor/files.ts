/** The key file, the data folder, and the room on its disk. */
import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Config } from '../../settings/config.ts';
import { codeOf, messageOf } from '../../core/failure.ts';
import { readHolder } from '../../platform/files/data-lock.ts';
import { FULL_BELOW_BYTES, freeBytes } from '../../platform/files/disk.ts';
import { findApiKey, KEY_VARIABLES } from '../../platform/files/key-file.ts';
import { isWindows, keyFilePath } from '../../platform/paths.ts';
import { isAlive } from '../connection/connect.ts';
import { found, type Environment, type Finding } from './finding.ts';

const LITTLE_ROOM_BYTES = 1024 ** 3;
const GROUP_AND_OTHERS = 0o077;

export function checkKey(env: Environment): Finding {
  const report = found('key');
  const path = keyFilePath(env);
  const variable = KEY_VARIABLES.find((name) => (env[name]?.trim() ?? '') !== '');
  const from = variable === undefined ? '' : `, overruled by ${variable}`;
  let mode: number;
  try {
    mode = statSync(path).mode;
    accessSync(path, constants.R_OK);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT')
      return report(
        'fail',
        `the key file ${path} cannot be read: ${messageOf(error)}`,
        'give it to the user who runs agent-server',
      );
    if (variable !== undefined)
      return report('ok', `taken from ${variable}; the first start of a server keeps it in ${path}`);
    return report('warn', `there is none yet in ${path}`, 'the first start of a server makes one: agent-server serve');
  }
  // Windows keeps others out by the access list that the profile folder hands down.
  if (!isWindows && (mode & GROUP_AND_OTHERS) !== 0) {
    return report(
      'fail',
      `others can read the key file ${path} (mode ${(mode & 0o777).toString(8)})`,
      `chmod 600 '${path}', and if they may have read it: delete it, so that the next start makes a new one`,
    );
  }
  if (findApiKey(env) === undefined)
    return report('fail', `the key file ${path} is empty`, 'delete it; the next start makes a new one');
  return report('ok', `kept in ${path}, readable by its owner alone${from}`);
}

export function checkData({ dataPath }: Config): Finding {
  const report = found('data');
  const existing = nearestExisting(dataPath);
  try {
    if (!statSync(existing).isDirectory())
      return report('fail', `${existing} is not a folder`, 'choose another with --data-dir');
    accessSync(existing, constants.W_OK | constants.X_OK);
  } catch (error) {
    return report(
      'fail',
      `${dataPath} is not writable: ${messageOf(error)}`,
      'choose another with --data-dir, or give it to the user who runs agent-server',
    );
  }
  if (existing !== dataPath) return report('ok', `${dataPath} does not exist yet and can be made`);
  const holder = readHolder(dataPath);
  const held =
    holder !== undefined && isAlive(holder.pid)
      ? `in use by the server at ${holder.url} (pid ${holder.pid}, since ${holder.startedAt})`
      : 'no server uses it';
  return report('ok', `${dataPath} is writable; ${held}`);
}

export function checkDisk({ dataPath }: Config): Finding {
  const report = found('disk');
  const free = freeBytes(nearestExisting(dataPath));
  if (free === undefined) return report('warn', `the room on the disk of ${dataPath} is not known`);
  const room = `${(free / 1024 ** 3).toFixed(1)} GiB free for ${dataPath}`;
  const advice = 'make room, keep less with --keep-bytes and --keep-jobs, or choose another disk with --data-dir';
  if (free < FULL_BELOW_BYTES) return report('fail', `full: ${room}`, advice);
  return free < LITTLE_ROOM_BYTES ? report('warn', room, advice) : report('ok', room);
}

function nearestExisting(path: string): string {
  try {
    statSync(path);
    return path;
  } catch {
    const parent = dirname(path);
    return parent === path ? path : nearestExisting(parent);
  }
}
