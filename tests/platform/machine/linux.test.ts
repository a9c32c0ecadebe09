/** What Linux says in /proc, /sys and of who is logged in. */
import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { cgroupLimits } from '../../../src/platform/machine/posix/cgroup.ts';
import { isRemoteMount, linuxMounts } from '../../../src/platform/machine/posix/mounts.ts';
import { parseAssignments, parseMemory, parseStat } from '../../../src/platform/machine/posix/proc-text.ts';
import { parseLogind, parseUtmp } from '../../../src/platform/machine/posix/sessions.ts';

test('/proc/stat: time that waits for a disk is no work, and guests count once', () => {
  const text = 'cpu  10 1 5 80 4 0 0 0 9 9\ncpu0 10 1 5 80 4 0 0 0 9 9\nintr 5 0\nctxt 7\n';
  expect(parseStat(text)).toEqual({ busy: 16, total: 100, cores: [{ busy: 16, total: 100 }] });
  expect(parseStat('')).toBeUndefined();
});

test('/proc/meminfo, also of a kernel that does not say what is available', () => {
  const swap = 'SwapTotal: 8 kB\nSwapFree: 6 kB\n';
  expect(parseMemory(`MemTotal:  100 kB\nMemFree: 10 kB\nMemAvailable: 60 kB\nCached: 40 kB\n${swap}`)).toEqual({
    total: 102_400,
    available: 61_440,
    swapTotal: 8192,
    swapUsed: 2048,
  });
  expect(parseMemory('MemTotal: 100 kB\nMemFree: 10 kB\nCached: 40 kB\n').available).toBe(51_200);
});

test('os-release: with and without quotes', () => {
  expect(parseAssignments('NAME="Debian GNU/Linux"\nVERSION_ID=13\n# no\n')).toEqual({
    NAME: 'Debian GNU/Linux',
    VERSION_ID: '13',
  });
});

describe('mounts', () => {
  const line = (device: string, path: string, kind: string, options = 'rw', more = 'rw') =>
    `20 1 ${device} / ${path} ${options},relatime shared:1 - ${kind} source ${more}`;
  const paths = (...lines: string[]) => linuxMounts(lines.join('\n')).map(({ path, remote }) => [path, remote]);

  test('a path is on a network where the last mount that holds it is', () => {
    const mounts = [
      line('9999:1', '/', 'ext4'),
      line('0:50', '/net', 'nfs4'),
      line('9999:2', '/net/disk', 'xfs'),
      line('0:51', '/home/me/a\\040b', 'fuse.sshfs'),
      line('9999:3', '/twice', 'ext4'),
      line('0:52', '/twice', 'cifs'),
    ].join('\n');
    const remote = ['/', '/network', '/net', '/net/x/y', '/net/disk/x', '/home/me/a b/c', '/home/me/a', '/twice/x'];
    expect(remote.filter((path) => isRemoteMount(mounts, path))).toEqual([
      '/net',
      '/net/x/y',
      '/home/me/a b/c',
      '/twice/x',
    ]);
    expect(isRemoteMount('', '/x')).toBe(false);
  });

  test('disks, each once, and no file systems of the kernel', () => {
    const found = paths(
      line('0:21', '/proc', 'proc'),
      line('9999:1', '/', 'ext4'),
      line('9999:1', '/bound', 'ext4'),
      line('0:24', '/run', 'tmpfs'),
      line('9999:7', '/snap/x', 'squashfs'),
      line('9999:2', '/data', 'xfs'),
      line('9999:3', '/media/stick', 'fuseblk'),
    );
    expect(found).toEqual([
      ['/', false],
      ['/data', false],
      ['/media/stick', false],
    ]);
  });

  test('the root counts, whatever it is made of', () => {
    expect(paths(line('0:9', '/', 'overlay'), line('0:10', '/x', 'overlay'))).toEqual([['/', false]]);
  });

  test.each(['nfs', 'nfs4', 'cifs', 'smb3', '9p', 'fuse.sshfs', 'fuse.rclone', 'autofs', 'ceph', 'virtiofs'])(
    '%s is asked by nobody, nor is a disk below it',
    (kind) => {
      const found = paths(
        line('9999:1', '/', 'ext4'),
        line('0:40', '/far', kind),
        line('9999:2', '/far/near', 'ext4'),
        line('9999:3', '/farther', 'ext4'),
      );
      expect(found).toEqual([
        ['/', false],
        ['/far', true],
        ['/farther', false],
        ['/far/near', true],
      ]);
    },
  );

  test('what is mounted over another hides it; escaped names; read-only by either option', () => {
    const hidden = linuxMounts(
      [line('9999:1', '/a\\040b\\134', 'nfs'), line('9999:2', '/a\\040b\\134', 'ext4')].join('\n'),
    );
    expect(hidden).toMatchObject([{ path: '/a b\\', fileSystem: 'ext4', remote: false, readonly: false }]);
    expect(linuxMounts(line('9999:1', '/a', 'ext4', 'ro'))).toMatchObject([{ readonly: true }]);
    expect(linuxMounts(line('9999:1', '/a', 'ext4', 'rw', 'ro,errors=remount-ro'))).toMatchObject([{ readonly: true }]);
    expect(linuxMounts(line('9999:1', '/a', 'ext4', 'rw', 'rw,errors=remount-ro'))).toMatchObject([
      { readonly: false },
    ]);
  });
});

describe('cgroups', () => {
  const limits = (membership: string, files: Readonly<Record<string, string>>) =>
    cgroupLimits(membership, '/cg', (path) => files[path] ?? '');

  test('version 2: the narrowest on the way to the root', () => {
    const files = {
      '/cg/a/cpu.max': '150000 100000\n',
      '/cg/a/b/cpu.max': 'max 100000\n',
      '/cg/a/memory.max': 'max\n',
      '/cg/a/b/memory.max': '1048576\n',
      '/cg/memory.max': '2097152\n',
    };
    expect(limits('0::/a/b\n', files)).toEqual({ cpu: 1.5, memory: 1_048_576 });
  });

  test('inside a container the root is all there is', () => {
    expect(limits('0::/\n', { '/cg/cpu.max': '50000 100000', '/cg/memory.max': '4096' })).toEqual({
      cpu: 0.5,
      memory: 4096,
    });
    expect(limits('0::/../outside\n', { '/cg/memory.max': '4096' })).toEqual({ memory: 4096 });
  });

  test('version 1, whose "none" is -1 and a number near 2^63', () => {
    const files = {
      '/cg/cpu/a/cpu.cfs_quota_us': '200000\n',
      '/cg/cpu/a/cpu.cfs_period_us': '100000\n',
      '/cg/cpu/cpu.cfs_quota_us': '-1\n',
      '/cg/cpu/cpu.cfs_period_us': '100000\n',
      '/cg/memory/m/memory.limit_in_bytes': '9223372036854771712\n',
    };
    expect(limits('4:memory:/m\n1:cpu,cpuacct:/a\n', files)).toEqual({ cpu: 2 });
  });

  test('none', () => expect(limits('', {})).toEqual({}));
});

describe('sessions', () => {
  const idle = (tty: string) => (tty === 'pts/3' ? 5000 : null);

  test('of logind: people alone, and how they came', () => {
    const text = (more: string) => `# private\nUSER=anna\nCLASS=user\nSTATE=active\nREALTIME=1700000000000000\n${more}`;
    expect(parseLogind(text('SERVICE=sshd\nTTY=pts/3\n'), idle)).toEqual([
      { user: 'anna', kind: 'ssh', since: 1_700_000_000_000, idle: 5000 },
    ]);
    expect(parseLogind(text('SERVICE=xrdp-sesman\n'), idle)).toMatchObject([{ kind: 'rdp', idle: null }]);
    expect(parseLogind(text('SERVICE=gdm-password\nTTY=tty2\n'), idle)).toMatchObject([
      { kind: 'console', idle: null },
    ]);
    expect(parseLogind('USER=gdm\nCLASS=greeter\n', idle)).toEqual([]);
    expect(parseLogind('USER=anna\nCLASS=manager\n', idle)).toEqual([]);
    expect(parseLogind('USER=anna\nCLASS=user\nSTATE=closing\n', idle)).toEqual([]);
    expect(parseLogind('', idle)).toEqual([]);
  });

  test('of utmp: processes of users, from elsewhere or not; what is cut short is left out', () => {
    const size = process.arch === 'arm64' ? 400 : 384;
    const record = (type: number, user: string, line: string, host: string) => {
      const bytes = new Uint8Array(size);
      const put = (at: number, text: string) => bytes.set(new TextEncoder().encode(text), at);
      const view = new DataView(bytes.buffer);
      view.setInt16(0, type, true);
      put(8, line);
      put(44, user);
      put(76, host);
      view.setUint32(process.arch === 'arm64' ? 344 : 340, 1_700_000_000, true);
      return [...bytes];
    };
    const file = [
      ...record(7, 'anna', 'pts/3', '10.0.0.7'),
      ...record(2, 'reboot', '~', '6.1'),
      ...record(7, 'bert', 'tty1', ''),
      ...record(7, 'bert', 'pts/4', 'tmux(77).%0'),
      ...record(7, 'cut', 'pts/5', '').slice(0, 100),
    ];
    expect(parseUtmp(new Uint8Array(file), idle)).toEqual([
      { user: 'anna', kind: 'ssh', since: 1_700_000_000_000, idle: 5000 },
      { user: 'bert', kind: 'console', since: 1_700_000_000_000, idle: null },
      { user: 'bert', kind: 'console', since: 1_700_000_000_000, idle: null },
    ]);
  });
});

if (process.platform !== 'linux') console.log('whose a process is: skipped, other systems are asked by Bun');
test.skipIf(process.platform !== 'linux')('whose this process is the environment does not say', () => {
  const script = `import { machine } from ${JSON.stringify(join(import.meta.dir, '../../../src/platform/machine/index.ts'))}; console.log(machine.userName());`;
  const named = (env: Record<string, string>) =>
    Bun.spawnSync([process.execPath, '-e', script], { env }).stdout.toString();
  const own = Bun.spawnSync(['id', '-un']).stdout.toString();
  expect([named({}), named({ USER: 'somebody' })]).toEqual([own, own]);
});
