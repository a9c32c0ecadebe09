/**
 * One terminal socket, from its opening to its end: frames of the client into a terminal, output of the terminal to
 * the client.
 *
 *   opening ──the terminal is there──▶ connected ──closed by either side──▶ closed
 *      └──refused: an error frame, then a close──────────────────────────────▲
 *
 * | close | when |
 * |---|---|
 * | 1000 `Terminal exited` | the program has ended; the `exit` frame came before |
 * | 1000 `Idle timeout`, `Session max lifetime reached` | ephemeral terminals only |
 * | 1001 `Server is going down` | |
 * | 1008 | `attach` names no terminal, a parameter is not valid, or the key lacks the scope; an error frame says which |
 * | 1009 | a frame was larger than a mebibyte |
 * | 1011 `Terminal could not be started` | an error frame says why |
 * | 1013 | a limit is reached, or the reader was too slow: `since` in the reason tells where to continue |
 * | 3401 `Invalid API key` | key and ticket are missing or wrong |
 */
import type { Clock } from '../../../core/clock.ts';
import { messageOf } from '../../../core/failure.ts';
import type { Log } from '../../../core/log.ts';
import { ENTER } from '../../../platform/console/index.ts';
import type { Attachment } from '../../../terminals/attachment.ts';
import type { OpenFailure, Terminals } from '../../../terminals/registry.ts';
import { CLOSE_CODES } from '../../../core/close-codes.ts';
import type { SocketHandler, Wire } from '../../sockets/kind.ts';
import { sentenceOf } from '../failures.ts';
import { readClientFrame } from './client-frame.ts';
import { EphemeralTimers, inheritedSink, type EphemeralLimits } from './ephemeral-terminal.ts';
import { planSocket, type SocketPlan } from './plan.ts';
import { SocketWriter } from './socket-writer.ts';

export interface SocketRooms {
  readonly terminals: Terminals;
  readonly ephemeralLimits: EphemeralLimits;
  readonly clock: Clock;
  readonly log: Log;
}

/** The terminal that a socket is connected to. */
interface Connection {
  readonly attachment: Attachment;
  typed(): void;
  disconnect(): void;
}

export class TerminalSocket implements SocketHandler {
  readonly #rooms: SocketRooms;
  readonly #writer: SocketWriter;
  readonly #query: URLSearchParams;
  #connection: Connection | undefined;

  constructor(wire: Wire, query: URLSearchParams, rooms: SocketRooms) {
    this.#rooms = rooms;
    this.#query = query;
    this.#writer = new SocketWriter(wire, rooms.clock);
  }

  begin(): void {
    const plan = planSocket(this.#query);
    if (!plan.ok) return this.#writer.refuse(CLOSE_CODES.policyViolation, plan.failure.detail);
    this.#connection = plan.value.kind === 'attach' ? this.#attach(plan.value) : this.#openEphemeral(plan.value);
    // The program may have ended at once, and the socket with it.
    if (!this.#writer.isOpen) this.#disconnect();
  }

  message(data: string | Uint8Array): void {
    if (this.#connection === undefined || !this.#writer.isOpen) return;
    const frame = readClientFrame(data);
    if ('malformed' in frame) return;
    if ('refused' in frame) return this.#sendError(frame.refused);
    switch (frame.read.type) {
      case 'input':
        return this.#type(this.#connection, frame.read.data);
      case 'resize':
        return this.#resize(this.#connection, frame.read.cols, frame.read.rows);
      case 'ping':
        this.#writer.control({ type: 'pong' });
    }
  }

  drained(): void {
    this.#writer.drained();
    if (this.#writer.isOpen) this.#connection?.attachment.drained();
  }

  goAway(): void {
    this.#writer.closeNow(CLOSE_CODES.goingAway, 'Server is going down');
  }

  closed(): void {
    this.#writer.gone();
    this.#disconnect();
  }

  #disconnect(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.disconnect();
  }

  #attach({ terminal: id, since, readonly }: SocketPlan & { readonly kind: 'attach' }): Connection | undefined {
    const terminal = this.#rooms.terminals.get(id);
    if (terminal === undefined) {
      this.#writer.refuse(CLOSE_CODES.policyViolation, sentenceOf({ reason: 'terminal-not-found' }));
      return undefined;
    }
    const attachment = terminal.attach(this.#writer, { readonly, ...(since !== undefined && { since }) });
    return { attachment, typed() {}, disconnect: () => attachment.detach() };
  }

  #openEphemeral({ workdir, command }: SocketPlan & { readonly kind: 'ephemeral' }): Connection | undefined {
    const { terminals, ephemeralLimits, clock, log } = this.#rooms;
    const opened = terminals.open({ kind: 'socket', workdir });
    if (!opened.ok) {
      this.#refuseEphemeral(opened.failure);
      return undefined;
    }
    const terminal = opened.value;
    const attachment = terminal.attach(inheritedSink(this.#writer));
    const timers = new EphemeralTimers(ephemeralLimits, clock, (code, reason) => this.#writer.close(code, reason));
    if (command !== '') attachment.input(`${command}${ENTER}`);
    return {
      attachment,
      typed: () => timers.typed(),
      disconnect() {
        timers[Symbol.dispose]();
        attachment.detach();
        terminals
          .delete(terminal.id)
          .catch((error: unknown) => log.error('a terminal could not be ended', { detail: messageOf(error) }));
      },
    };
  }

  #refuseEphemeral(failure: OpenFailure): void {
    if (failure.reason === 'too-many-terminals')
      return this.#writer.refuse(CLOSE_CODES.tryAgainLater, `Max terminal sessions (${failure.limit}) reached`);
    if (failure.reason === 'shutting-down') return this.#writer.refuse(CLOSE_CODES.serviceRestart, sentenceOf(failure));
    this.#writer.refuse(CLOSE_CODES.internalError, sentenceOf(failure), 'Terminal could not be started');
  }

  #type(connection: Connection, data: string): void {
    connection.typed();
    const failure = connection.attachment.input(data);
    if (failure === 'readonly') this.#sendError('this socket is read-only');
    else if (failure === 'input-full') this.#sendError(sentenceOf({ reason: 'terminal-input-full' }));
  }

  #resize({ attachment }: Connection, cols: number, rows: number): void {
    if (attachment.resize(cols, rows) === 'readonly') this.#sendError('this socket is read-only');
  }

  #sendError(message: string): void {
    this.#writer.control({ type: 'error', message });
  }
}
