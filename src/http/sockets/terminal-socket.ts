/**
 * One socket, from its opening to its end: frames of the client into a terminal, output of the terminal to the client.
 *
 *   opening ──the terminal is there──▶ seated ──closed by either side──▶ gone
 *      └──refused: an error frame, then a close──────────────────────────▲
 *
 * | close | when |
 * |---|---|
 * | 1000 `Terminal exited` | the program has ended; the `exit` frame came before |
 * | 1000 `Idle timeout`, `Session max lifetime reached` | own terminals only |
 * | 1001 `Server is going down` | |
 * | 1008 | `attach` names no terminal, or a parameter is not valid; an error frame says which |
 * | 1009 or 1006 | a frame was larger than a mebibyte |
 * | 1011 `Terminal could not be started` | an error frame says why |
 * | 1013 | a limit is reached, or the reader was too slow: `since` in the reason tells where to go on |
 * | 3401 `Invalid API key` | key and ticket are missing or wrong |
 */
import type { Clock } from '../../core/clock.ts';
import { CLOSE_CODES } from '../../core/close-codes.ts';
import { messageOf } from '../../core/failure.ts';
import type { Log } from '../../core/log.ts';
import { isWindows } from '../../platform/paths.ts';
import type { Attachment } from '../../terminals/attachment.ts';
import type { OpenFailure, Terminals } from '../../terminals/registry.ts';
import { sentenceFor } from '../failures.ts';
import { readClientFrame } from './client-frame.ts';
import type { Pulse } from './heartbeat.ts';
import { inheritedSink, type OwnLimits, OwnTimers } from './own-terminal.ts';
import { SocketLine, type Wire } from './socket-line.ts';
import type { SocketPlan } from './socket-plan.ts';

/** What ends a typed line: a Windows console takes only a carriage return for Enter. */
const ENTER = isWindows ? '\r' : '\n';

export interface SocketRooms {
  readonly terminals: Terminals;
  readonly ownLimits: OwnLimits;
  readonly clock: Clock;
  readonly log: Log;
}

interface Seat {
  readonly attachment: Attachment;
  typed(): void;
  leave(): void;
}

export class TerminalSocket implements Pulse {
  readonly #rooms: SocketRooms;
  readonly #wire: Wire;
  readonly #line: SocketLine;
  #seat: Seat | undefined;
  lastHeardAt: number;

  constructor(wire: Wire, rooms: SocketRooms) {
    this.#wire = wire;
    this.#rooms = rooms;
    this.#line = new SocketLine(wire, rooms.clock);
    this.lastHeardAt = rooms.clock.now();
  }

  begin(plan: SocketPlan): void {
    this.#seat = plan.kind === 'attach' ? this.#attach(plan) : this.#openOwn(plan);
    // The terminal may have said its last word at once, and closed.
    if (!this.#line.isOpen) this.#leave();
  }

  refuse(code: number, message: string, reason: string = message): void {
    this.#line.control({ type: 'error', message });
    this.#line.close(code, cut(reason));
  }

  message(data: string | Uint8Array): void {
    this.heard();
    if (this.#seat === undefined || !this.#line.isOpen) return;
    const frame = readClientFrame(data);
    if ('malformed' in frame) return;
    if ('refused' in frame) return this.#complain(frame.refused);
    switch (frame.read.type) {
      case 'input':
        return this.#type(this.#seat, frame.read.data);
      case 'resize':
        return this.#resize(this.#seat, frame.read.cols, frame.read.rows);
      case 'ping':
        this.#line.control({ type: 'pong' });
    }
  }

  /** The peer has taken what waited for it. */
  drained(): void {
    this.heard();
    this.#line.drained();
    if (this.#line.isOpen) this.#seat?.attachment.drained();
  }

  heard(): void {
    this.lastHeardAt = this.#rooms.clock.now();
  }

  ping(): void {
    this.#wire.ping();
  }

  giveUp(): void {
    this.#wire.terminate();
  }

  goAway(): void {
    this.#line.closeNow(CLOSE_CODES.goingAway, 'Server is going down');
  }

  /** Bun says that it is over, whoever ended it. */
  closed(): void {
    this.#line.gone();
    this.#leave();
  }

  #leave(): void {
    const seat = this.#seat;
    this.#seat = undefined;
    seat?.leave();
  }

  #attach({ terminal: id, since, readonly }: SocketPlan & { readonly kind: 'attach' }): Seat | undefined {
    const terminal = this.#rooms.terminals.get(id);
    if (terminal === undefined) {
      this.refuse(CLOSE_CODES.policyViolation, sentenceFor({ reason: 'terminal-not-found' }));
      return undefined;
    }
    const attachment = terminal.attach(this.#line, { readonly, ...(since !== undefined && { since }) });
    return { attachment, typed() {}, leave: () => attachment.detach() };
  }

  #openOwn({ workdir, command }: SocketPlan & { readonly kind: 'own' }): Seat | undefined {
    const { terminals, ownLimits, clock, log } = this.#rooms;
    const opened = terminals.open({ kind: 'socket', workdir });
    if (!opened.ok) {
      this.#refuseOwn(opened.failure);
      return undefined;
    }
    const terminal = opened.value;
    const attachment = terminal.attach(inheritedSink(this.#line));
    const timers = new OwnTimers(ownLimits, clock, (code, reason) => this.#line.close(code, reason));
    if (command !== '') attachment.input(`${command}${ENTER}`);
    return {
      attachment,
      typed: () => timers.typed(),
      leave() {
        timers[Symbol.dispose]();
        attachment.detach();
        terminals
          .delete(terminal.id)
          .catch((error: unknown) => log.error('a terminal could not be ended', { detail: messageOf(error) }));
      },
    };
  }

  #refuseOwn(failure: OpenFailure): void {
    if (failure.reason === 'too-many-terminals')
      return this.refuse(CLOSE_CODES.tryAgainLater, `Max terminal sessions (${failure.limit}) reached`);
    this.refuse(CLOSE_CODES.internalError, sentenceFor(failure), 'Terminal could not be started');
  }

  #type(seat: Seat, data: string): void {
    seat.typed();
    const failure = seat.attachment.input(data);
    if (failure === 'readonly') this.#complain('this socket is read-only');
    else if (failure === 'input-full') this.#complain(sentenceFor({ reason: 'terminal-input-full' }));
  }

  #resize({ attachment }: Seat, cols: number, rows: number): void {
    if (attachment.resize(cols, rows) === 'readonly') this.#complain('this socket is read-only');
  }

  #complain(message: string): void {
    this.#line.control({ type: 'error', message });
  }
}

/** A close frame has room for 123 bytes of reason. */
function cut(reason: string): string {
  const { read } = new TextEncoder().encodeInto(reason, new Uint8Array(123));
  return reason.slice(0, read);
}
