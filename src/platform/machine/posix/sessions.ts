/**
 * Who is logged in: the files of systemd-logind, which sd-login(3) reads, too; where there are none, utmp(5), which newer
 * systems do not keep any more.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { LoginSession } from '../machine.ts';
import { parseAssignments } from './proc-text.ts';
import { textOf } from './text-of.ts';

const LOGIND = '/run/systemd/sessions';
const UTMP = '/run/utmp';
const USER_PROCESS = 7;
/** Of the C library: its record holds `long` on ARM, and 32 bits on Intel for the sake of 32-bit programs. */
const LAYOUT = process.arch === 'arm64' ? { size: 400, time: 344 } : { size: 384, time: 340 };

export function linuxSessions(): readonly LoginSession[] {
  const told = logindSessions();
  return told ?? parseUtmp(utmp(), idleOf);
}

function logindSessions(): LoginSession[] | undefined {
  let names: string[];
  try {
    names = readdirSync(LOGIND);
  } catch {
    return undefined;
  }
  const found = names.filter((name) => !name.endsWith('.ref')).map((name) => textOf(join(LOGIND, name)));
  return found.flatMap((text) => parseLogind(text, idleOf));
}

type IdleOf = (tty: string) => number | null;

/** None for what is no person's: a greeter, a manager of services, one that is closing. */
export function parseLogind(text: string, idle: IdleOf): LoginSession[] {
  const {
    USER: user,
    CLASS: sort = 'user',
    SERVICE: service = '',
    TTY: tty,
    REALTIME: since,
    STATE: state,
  } = parseAssignments(text);
  if (user === undefined || !/^user(-early|-light)?$/.test(sort) || state === 'closing') return [];
  return [
    {
      user,
      kind: service === 'sshd' ? 'ssh' : service.startsWith('xrdp') ? 'rdp' : 'console',
      // Microseconds.
      since: since === undefined ? null : Math.round(Number(since) / 1000),
      idle: tty === undefined ? null : idle(tty),
    },
  ];
}

export function parseUtmp(bytes: Uint8Array, idle: IdleOf): LoginSession[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = new TextDecoder();
  const text = (at: number, length: number) => decoder.decode(bytes.subarray(at, at + length)).split('\0', 1)[0] ?? '';
  const found: LoginSession[] = [];
  for (let at = 0; at + LAYOUT.size <= bytes.length; at += LAYOUT.size) {
    if (view.getInt16(at, true) !== USER_PROCESS) continue;
    const host = text(at + 76, 256);
    // A display (`:0`) and a multiplexer (`tmux(123)`) are hosts to some programs.
    const far = host !== '' && !host.startsWith(':') && !host.includes('(');
    found.push({
      user: text(at + 44, 32),
      kind: far ? 'ssh' : 'console',
      since: view.getUint32(at + LAYOUT.time, true) * 1000,
      idle: idle(text(at + 8, 32)),
    });
  }
  return found;
}

function utmp(): Uint8Array {
  try {
    return readFileSync(UTMP);
  } catch {
    return new Uint8Array();
  }
}

/** A terminal was last read when its person last typed. */
function idleOf(tty: string): number | null {
  try {
    return Math.max(0, Math.round(Date.now() - statSync(join('/dev', tty)).atimeMs));
  } catch {
    return null;
  }
}
