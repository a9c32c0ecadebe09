/** The end of a session whose server was killed, written by the next one: its log is then whole. */
import { EventLog } from '../events/log.ts';
import { isSessionEntry, type SessionEntry } from './session/entry.ts';
import type { SessionFolder, SessionRecord } from './stored.ts';

const KILLED = 'the server was killed while the session was open';

export async function endLate(folder: SessionFolder, record: SessionRecord): Promise<SessionRecord> {
  const { pid: _pid, ...kept } = record;
  const inTurn = record.state === 'running' || record.state === 'waiting';
  const error = inTurn ? `${KILLED}, in the middle of turn ${record.turns - record.queued}` : KILLED;
  using log = await EventLog.open(folder.events, isSessionEntry);
  // The moment of the kill is not known; what came last is the next best.
  const at =
    (log.last === 0 ? undefined : log.read(log.last - 1, { entries: 1, bytes: 0 })[0]?.entry.at) ?? record.lastEventAt;
  const ends: SessionEntry[] = [
    ...Array.from({ length: inTurn ? record.queued + 1 : record.queued }, (_, index) => ({
      at,
      event: 'turn_end',
      data: {
        turn: record.turns - record.queued + index + (inTurn ? 0 : 1),
        stopReason: 'error',
        text: '',
        usage: null,
        error,
        at: at / 1000,
      },
    })),
    { at, event: 'state', data: { state: 'closed', error } },
  ];
  for (const entry of ends) log.append(entry);
  return { ...kept, state: 'closed', error, queued: 0, pendingPermissions: 0, lastEventAt: at, lastEventId: log.last };
}
