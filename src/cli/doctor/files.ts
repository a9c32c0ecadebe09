/** Checks the key file, the data folder, and the free space on its disk. */
import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Environment } from '../../core/environment.ts';
import type { Config } from '../../settings/config.ts';
import { codeOf, messageOf } from '../../core/failure.ts';
import { readHolder } from '../../platform/files/data-lock.ts';
import { isDirectory } from '../../platform/files/directory.ts';
import { FULL_BELOW_BYTES, freeBytes } from '../../platform/files/disk.ts';
import { findApiKey, KEY_VARIABLES } from '../../platform/files/key-file.ts';
import { describeExposure } from '../../platform/files/index.ts';
import { keyFilePath } from '../../platform/paths/index.ts';
import { whyNotWritable } from '../../platform/writable/index.ts';
import { isAlive } from '../connection/is-alive.ts';
import { PROGRAM } from '../command/program.ts';
import { reporter, type Finding } from './finding.ts';

const LOW_SPACE_BYTES = 1024 ** 3;

export function checkKey(env: Environment): Finding {
  const report = reporter('key');
  const path = keyFilePath(env);
  const variable = KEY_VARIABLES.find((name) => (env[name]?.trim() ?? '') !== '');
  const from = variable === undefined ? '' : `, overridden by ${variable}`;
  let exposure: string | undefined;
  try {
    exposure = describeExposure(path);
    accessSync(path, constants.R_OK);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT')
      return report(
        'fail',
        `the key file ${path} cannot be read: ${messageOf(error)}`,
        'make the user who runs agent-server its owner',
      );
    if (variable !== undefined)
      return report('ok', `taken from ${variable}; the server saves it in ${path} when it first starts`);
    return report(
      'warn',
      `there is no key yet in ${path}`,
      `the server creates one when it first starts: ${PROGRAM} serve`,
    );
  }
  if (exposure !== undefined) {
    return report(
      'fail',
      `other users can read the key file ${path} (${exposure})`,
      `chmod 600 '${path}', and if they may have read it, delete it: the server creates a new one when it starts`,
    );
  }
  if (findApiKey(env) === undefined)
    return report('fail', `the key file ${path} is empty`, 'delete it; the server creates a new one when it starts');
  return report('ok', `kept in ${path}, readable only by its owner${from}`);
}

export function checkData({ dataPath }: Config): Finding {
  const report = reporter('data');
  const existing = nearestExisting(dataPath);
  if (!isDirectory(existing)) return report('fail', `${existing} is not a folder`, 'choose another with --data-dir');
  const why = whyNotWritable(existing);
  if (why !== undefined) {
    return report(
      'fail',
      `${dataPath} is not writable: ${why}`,
      'choose another with --data-dir, or make the user who runs agent-server its owner',
    );
  }
  if (existing !== dataPath) return report('ok', `${dataPath} does not exist yet and can be created`);
  const holder = readHolder(dataPath);
  const held =
    holder !== undefined && isAlive(holder.pid)
      ? `in use by the server at ${holder.url} (pid ${holder.pid}, since ${holder.startedAt})`
      : 'no server uses it';
  return report('ok', `${dataPath} is writable; ${held}`);
}

export function checkDisk({ dataPath }: Config): Finding {
  const report = reporter('disk');
  const free = freeBytes(nearestExisting(dataPath));
  if (free === undefined) return report('warn', `the free space on the disk of ${dataPath} is not known`);
  const space = `${(free / 1024 ** 3).toFixed(1)} GiB free for ${dataPath}`;
  const advice = 'free some space, keep less with --keep-bytes and --keep-jobs, or choose another disk with --data-dir';
  if (free < FULL_BELOW_BYTES) return report('fail', `full: ${space}`, advice);
  return free < LOW_SPACE_BYTES ? report('warn', space, advice) : report('ok', space);
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
