/**
 * Requests whose answers may be large, a few at once: the others wait. One is under way until the agent has read its
 * answer, so that one which asks and does not read costs a few answers and no more.
 */
export interface IdentifiedRequest {
  readonly id: unknown;
}

export class RequestQueue<Request extends IdentifiedRequest> {
  readonly #limit: number;
  readonly #pass: (request: Request) => void;
  readonly #waiting: Request[] = [];
  /** Ids, one of them twice where an agent has used it twice. */
  readonly #underWay: unknown[] = [];

  constructor(limit: number, pass: (request: Request) => void) {
    this.#limit = limit;
    this.#pass = pass;
  }

  add(request: Request): void {
    this.#waiting.push(request);
    this.#passNext();
  }

  /** To whatever it was. */
  answered(id: unknown): void {
    const index = this.#underWay.indexOf(id);
    if (index === -1) return;
    this.#underWay.splice(index, 1);
    this.#passNext();
  }

  #passNext(): void {
    if (this.#underWay.length >= this.#limit) return;
    const next = this.#waiting.shift();
    if (next === undefined) return;
    this.#underWay.push(next.id);
    this.#pass(next);
  }
}
