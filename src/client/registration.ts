/** Calls about the registration with a dashboard. */
import type { Registration } from '../protocol/tunnel.ts';
import type { Transport } from './transport.ts';

/** The registration of the server with a dashboard. */
export class RegistrationCalls {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Where it stands. */
  get(): Promise<Registration> {
    return this.#transport.json({ path: '/registration', repeatable: true });
  }

  /**
   * Registers anew, with a new code where the dashboard does not know this machine. Not repeated. Rejects
   * with status 409 without `--register`.
   */
  requestCode(): Promise<Registration> {
    return this.#transport.json({ path: '/registration', method: 'POST' });
  }
}
