/**
 * What is mounted, by /proc/self/mountinfo (proc_pid_mountinfo(5)): disks, each once, and what comes over a network. File
 * systems that the kernel keeps in memory are left out, other than the root.
 */
import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Mount } from '../machine.ts';
import { textOf } from './text-of.ts';

/** A look at these asks another machine or program, and waits for it however long it is away. */
const REMOTE =
  /^(nfs\d?|cifs|smb\d?|smbfs|9p|virtiofs|ceph|glusterfs|lustre|afs|coda|ncpfs|ocfs2|gfs2|beegfs|orangefs|pvfs2|davfs|autofs|fuse(\..*)?)$/;
/** Made by the kernel out of nothing, or one file of another disk (squashfs, iso9660 of packages). */
const NO_DISK =
  /^(proc|sysfs|tmpfs|devtmpfs|devpts|cgroup2?|cgroup2fs|mqueue|hugetlbfs|debugfs|tracefs|securityfs|pstore|bpf|configfs|fusectl|binfmt_misc|efivarfs|ramfs|rootfs|rpc_pipefs|nsfs|selinuxfs|squashfs|overlay|nfsd|fuse\.(lxcfs|portal|gvfsd-fuse|snapfuse))$/;

interface Line extends Mount {
  readonly device: string;
}

export function linuxMounts(mountInfo: string): readonly Mount[] {
  const byPath = new Map<string, Line>();
  for (const line of mountInfo.split('\n').flatMap(parseLine)) byPath.set(line.path, line);
  const all = [...byPath.values()];
  const remote = all.filter((line) => line.remote).map(({ path }) => path);
  const seen = new Set<string>();
  return (
    all
      .toSorted((a, b) => a.path.length - b.path.length || (a.path < b.path ? -1 : 1))
      .filter(({ path, fileSystem }) => path === '/' || !NO_DISK.test(fileSystem ?? ''))
      .filter(({ device, remote: far }) => far || (!seen.has(device) && seen.add(device)))
      // The way to it leads over the network.
      .map(({ device: _device, ...mount }) => ({
        ...mount,
        remote: mount.remote || remote.some((path) => mount.path.startsWith(path === '/' ? path : `${path}/`)),
      }))
  );
}

function parseLine(line: string): Line[] {
  const [before = '', after = ''] = line.split(' - ');
  const [, , device, , path, options] = before.split(' ');
  const [fileSystem, , superOptions = ''] = after.split(' ');
  if (device === undefined || path === undefined || options === undefined || fileSystem === undefined) return [];
  return [
    {
      device,
      path: unescapedPath(path),
      fileSystem,
      remote: REMOTE.test(fileSystem),
      readonly: [...options.split(','), ...superOptions.split(',')].includes('ro'),
      removable: isRemovable(device),
    },
  ];
}

/** Spaces, tabs, newlines and backslashes are written as three octal digits. */
export const unescapedPath = (path: string): string =>
  path.replaceAll(/\\([0-7]{3})/g, (_all, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));

/** A partition does not say it, its disk does. */
function isRemovable(device: string): boolean {
  const folder = join('/sys/dev/block', device);
  const own = textOf(join(folder, 'removable')).trim();
  if (own !== '') return own === '1';
  try {
    return textOf(join(dirname(realpathSync(folder)), 'removable')).trim() === '1';
  } catch {
    return false;
  }
}

/** Whether a path is in what another machine or program keeps: the last of the mounts that hold it decides. */
export function isRemoteMount(mountInfo: string, path: string): boolean {
  const holding = mountInfo
    .split('\n')
    .flatMap(parseLine)
    .filter((mount) => mount.path === '/' || path === mount.path || path.startsWith(`${mount.path}/`));
  const deepest = Math.max(...holding.map((mount) => mount.path.length));
  return holding.findLast((mount) => mount.path.length === deepest)?.remote ?? false;
}
