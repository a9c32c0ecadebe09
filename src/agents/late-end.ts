/** The end of a session whose server was killed, written by the next one: its log is then whole. */
import { EventLog } from '../events/log.ts';
import { fieldsOf, isSessionEntry, type SessionEntry } from './session/entry.ts';
import type { SessionFolder, SessionRecord } from './stored.ts';

const KILLED = 'the server was killed while the session was open';

export async function endLate(folder: SessionFolder, record: SessionRecord): Promise<SessionRecord> {
  using log = await EventLog.open(folder.events, isSessionEntry);
  const told = turnsIn(log);
  const [running] = told.open;
  const error = running === undefined ? KILLED : `${KILLED}, in the middle of turn ${running}`;
  // The moment of the kill is not known; what came last is the next best.
  const at = told.at ?? record.lastEventAt;
  // A prompt that has waited for its turn is nowhere but in the record's count.
  const waiting = Array.from({ length: Math.max(0, record.turns - told.last) }, (_, index) => told.last + index + 1);
  for (const turn of [...told.open, ...waiting]) {
    const end = { turn, stopReason: 'error', text: '', usage: null, error, at: at / 1000 };
    log.append({ at, event: 'turn_end', data: end });
  }
  log.append({ at, event: 'state', data: { state: 'closed', error } });
  const turns = Math.max(record.turns, told.last);
  return { ...closedLate(record), error, turns, lastEventAt: at, lastEventId: log.last };
}

/** The record of one whose log cannot be read or written. */
export function closedLate({ pid: _pid, attached: _attached, ...record }: SessionRecord): SessionRecord {
  return { ...record, state: 'closed', error: KILLED, queued: 0, pendingPermissions: 0 };
}

/** By the log: the record may be older by one event, which is the one that ended a turn. */
function turnsIn(log: EventLog<SessionEntry>) {
  const open = new Set<number>();
  let last = 0;
  let at: number | undefined;
  for (const { at: moment, event, data } of log.entries()) {
    at = moment;
    const { turn } = fieldsOf(data);
    if (typeof turn !== 'number') continue;
    if (event === 'prompt') open.add(turn);
    else if (event === 'turn_end') open.delete(turn);
    else continue;
    last = Math.max(last, turn);
  }
  return { open, last, at };
}
