/** The registration with a dashboard: where it stands, and a new code. */
import { Registration } from '../../protocol/tunnel.ts';
import type { Registration as Room } from '../../tunnel/registration/registration.ts';
import { callerOf } from '../caller.ts';
import { answer, refusal } from '../wire/answers.ts';
import { resource } from '../wire/routes.ts';
import { refuse } from './failures.ts';
import { registrationView } from './view.ts';

/** `registration`: undefined where no dashboard was named. */
export const tunnelRoutes = (registration: Room | undefined) =>
  resource('registration')
    .get('/registration', ({ request }) => registrationView(registration?.status, callerOf(request)), {
      access: 'observe',
      response: { 200: answer('Where the registration stands.', Registration) },
      detail: {
        operationId: 'getRegistration',
        summary: 'State of the registration of this machine with a dashboard.',
        tags: ['Server'],
      },
    })
    .post(
      '/registration',
      ({ request, status }) => {
        if (registration === undefined) return refuse({ reason: 'not-registering' });
        registration.requestCode();
        return status(202, registrationView(registration.status, callerOf(request)));
      },
      {
        access: 'admin',
        parse: 'none',
        response: {
          202: answer('The registration has started.', Registration),
          409: refusal('This server was not started with `--register`.'),
        },
        detail: {
          operationId: 'requestRegistrationCode',
          summary: 'Registers this machine anew with the dashboard of `--register`.',
          description:
            'A dashboard that already knows this machine is told its address; another one is given a new code, which `GET /registration` shows as soon as the dashboard has it. The previous code is then no longer waited for.',
          tags: ['Server'],
        },
      },
    );
