/** A network between client and server that can break. */
export class CuttingProxy implements Disposable {
  readonly #listener: Bun.TCPSocketListener<Link>;
  readonly #links = new Set<Bun.Socket<Link>>();
  /** Bytes from the server after which a connection breaks, wherever in a frame that is. */
  cutEvery: number | undefined;
  /** The same, for each connection anew. */
  cutAt: (() => number) | undefined;
  /** Bytes from the client after which a connection breaks, for each connection anew. */
  cutInputAt: (() => number) | undefined;
  /** Whether new connections break at once. */
  down = false;
  cuts = 0;

  constructor(target: string) {
    const { hostname, port } = new URL(target);
    this.#listener = Bun.listen<Link>({
      hostname: '127.0.0.1',
      port: 0,
      socket: {
        open: (client) => {
          if (this.down) {
            client.terminate();
            return;
          }
          this.#links.add(client);
          client.data = {
            server: this.#connect(client, hostname, Number(port)),
            limit: this.cutAt?.(),
            inputLeft: this.cutInputAt?.() ?? Number.POSITIVE_INFINITY,
            sent: 0,
            waiting: [],
          };
        },
        data: async (client, bytes) => {
          // Ours may be used again for the next event.
          const copy = Buffer.from(bytes.subarray(0, client.data.inputLeft));
          client.data.inputLeft -= copy.length;
          (await client.data.server).write(copy);
          if (client.data.inputLeft === 0 && this.#links.has(client)) this.#break(client);
        },
        drain: (client) => this.#flush(client),
        close: async (client) => {
          if (this.#links.delete(client)) (await client.data.server).end();
        },
      },
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#listener.port}`;
  }

  /** Breaks what is connected. */
  cut(): void {
    for (const client of this.#links) this.#break(client);
  }

  [Symbol.dispose](): void {
    this.cut();
    this.#listener.stop(true);
  }

  #connect(client: Bun.Socket<Link>, hostname: string, port: number): Promise<Bun.Socket> {
    return Bun.connect({
      hostname,
      port,
      socket: {
        data: (_, bytes) => {
          client.data.waiting.push(Buffer.from(bytes));
          this.#flush(client);
        },
        close: () => void client.end(),
      },
    });
  }

  #flush(client: Bun.Socket<Link>): void {
    const { data } = client;
    for (;;) {
      const [first] = data.waiting;
      if (first === undefined || !this.#links.has(client)) return;
      const limit = data.limit ?? this.cutEvery ?? Number.POSITIVE_INFINITY;
      const room = limit - data.sent;
      const wrote = client.write(first.subarray(0, room));
      data.sent += Math.max(0, wrote);
      if (data.sent >= limit) return this.#break(client);
      if (wrote < first.length) {
        data.waiting[0] = first.subarray(Math.max(0, wrote));
        return;
      }
      data.waiting.shift();
    }
  }

  #break(client: Bun.Socket<Link>): void {
    this.cuts += 1;
    this.#links.delete(client);
    client.terminate();
    void client.data.server.then((server) => server.terminate());
  }
}

interface Link {
  readonly server: Promise<Bun.Socket>;
  /** Bytes after which this one breaks; undefined: those of all. */
  readonly limit: number | undefined;
  /** Bytes that may still come from the client. */
  inputLeft: number;
  sent: number;
  readonly waiting: Buffer[];
}
