/** A client of terminals over a raw WebSocket: it keeps output and control frames apart. */
import { CONTROL_MARK } from '../../src/protocol/control-mark.ts';
import type { TerminalClientFrame, TerminalControlFrame } from '../../src/protocol/terminal-frames.ts';
import { RawWebSocket, type ClientOptions } from './raw-web-socket.ts';
import { waitFor } from './wait.ts';

export type { ClientOptions } from './raw-web-socket.ts';

export class TerminalClient extends RawWebSocket {
  /** All output so far. */
  output = '';
  /** How many bytes of UTF-8 that is. */
  outputBytes = 0;
  /** Length of each output frame, in bytes. */
  readonly frameBytes: number[] = [];
  readonly controls: TerminalControlFrame[] = [];

  /** Resolves when the server has answered; `status` is 101 for a socket. */
  static override async open(url: string, options: ClientOptions = {}): Promise<TerminalClient> {
    const client = new TerminalClient(options.pongs ?? true);
    await client.connect(url, options);
    return client;
  }

  send(frame: TerminalClientFrame): void {
    this.sendText(JSON.stringify(frame));
  }

  type(data: string): void {
    this.send({ type: 'input', data });
  }

  async printed(text: string | RegExp): Promise<string> {
    let seen = 0;
    const has = () => {
      if (typeof text !== 'string') return text.test(this.output);
      const from = Math.max(0, seen - text.length);
      seen = this.output.length;
      return this.output.includes(text, from);
    };
    try {
      return await waitFor(`the terminal to print ${String(text)}`, () => (has() ? this.output : undefined));
    } catch (error) {
      throw new Error(`${String(error)}; it printed ${JSON.stringify(this.output.slice(-500))}`, { cause: error });
    }
  }

  /** The first control frame of that type, or the one after the first `skip`. */
  async told<T extends TerminalControlFrame['type']>(
    type: T,
    skip = 0,
  ): Promise<Extract<TerminalControlFrame, { type: T }>> {
    return waitFor(`a control frame ${type}`, () => this.#toldOf(type)[skip]);
  }

  #toldOf<T extends TerminalControlFrame['type']>(type: T): Extract<TerminalControlFrame, { type: T }>[] {
    const isOfType = (frame: TerminalControlFrame): frame is Extract<TerminalControlFrame, { type: T }> =>
      frame.type === type;
    return this.controls.filter(isOfType);
  }

  protected override takeText(text: string, bytes: number): void {
    if (text.startsWith(CONTROL_MARK)) {
      this.controls.push(JSON.parse(text.slice(1)) as TerminalControlFrame);
      return;
    }
    this.output += text;
    this.outputBytes += bytes;
    this.frameBytes.push(bytes);
  }
}
