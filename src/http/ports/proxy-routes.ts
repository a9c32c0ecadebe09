/**
 * `ANY /ports/{port}/…`: a port of the machine for programs, with the key in a header. Never for browsers: it is the origin of the
 * console, so there is no ticket and no cookie for it, and whatever comes back is sandboxed.
 */
import Type from 'typebox';
import type { AllowedPorts } from '../../ports/allowed.ts';
import { callerOf, hasOwnAuthorization } from '../caller.ts';
import { peerOf } from '../peer.ts';
import { noteSubject } from '../subject.ts';
import { raw, refusal } from '../wire/answers.ts';
import { refusalResponse } from '../wire/failures.ts';
import { resource } from '../wire/routes.ts';
import { documented, parameters } from '../wire/schema.ts';
import { responseTo } from './failures.ts';
import { sandboxed } from './proxy/answer-headers.ts';
import { passOn, type Passing } from './proxy/pass-on.ts';
import { MAX_PORT, targetIn } from './proxy/path.ts';
import { requestFields } from './proxy/request-fields.ts';

export interface ProxyOptions extends Passing {
  readonly allowed: AllowedPorts;
  /** Passes `Host` on as it came. */
  readonly keepHost: boolean;
}

const PORT = Type.Integer({ minimum: 1, maximum: MAX_PORT, description: 'The port, 1 to 65535.' });

const stated = (operationId: string) => ({
  access: 'ports' as const,
  parse: 'none' as const,
  slow: true as const,
  ownAuthorization: true as const,
  response: {
    200: raw(
      'What the port answers, with its own status; `Location` and the paths of cookies get `/ports/{port}`.',
      '*/*',
    ),
    308: raw('`/ports/{port}` is `/ports/{port}/`.', ''),
    400: refusal('That is no port.'),
    403: refusal(
      'The key may not reach that port or lacks the scope `ports`, or the port is one of this server’s own.',
    ),
    502: refusal('Nothing listens on the port, or its answer broke off before it began.'),
    503: refusal('256 requests are being passed on, or 64 to this port; or the server is shutting down.'),
    504: refusal('No headers of an answer within 60 seconds of the last byte of the request.'),
  },
  detail: {
    operationId,
    summary: 'Passes a request on to a port of the machine, on its loopback address.',
    description:
      'For programs. Method, query, body and status go through as they are; so does the path, but for `.` and `..`, which are resolved before. Bodies stream both ways, of any size, and redirects are passed on. The target is asked as `localhost:{port}` (`--ports-keep-host`: as this server was), without the key; `X-Forwarded-For`, `-Host`, `-Proto` and `-Prefix` say who asked. With the key in `X-API-Key`, an `Authorization` of another kind goes through. What comes back has no origin (`Content-Security-Policy: sandbox`). A WebSocket goes through as well, with messages of 16 MiB at most: the target is connected first, so that the subprotocol is its choice and a refusal its own. A WebSocket at `/ports/{port}/tcp` is a TCP connection to the port: binary frames are its bytes, `{"type":"open"}` and `{"type":"eof"}` are control, and it closes with 1000 at its end, 4502 where nothing listens.',
    tags: ['Ports'],
  },
});

export const proxyRoutes = ({ allowed, keepHost, ...passing }: ProxyOptions) => {
  const asking = { allowed, keepHost, passing };
  const handle = ({ request }: { readonly request: Request }) => answerTo(request, asking);
  return resource('port-proxy')
    .all('/ports/:port', handle, { ...stated('passOn'), params: documented(parameters(Type.Object({ port: PORT }))) })
    .all('/ports/:port/*', handle, {
      ...stated('passOnPath'),
      params: documented(
        parameters(Type.Object({ port: PORT, path: Type.String({ description: 'Path of the target.' }) })),
      ),
    });
};

interface Asking extends Pick<ProxyOptions, 'allowed' | 'keepHost'> {
  readonly passing: Passing;
}

function answerTo(request: Request, { allowed, keepHost, passing }: Asking): Response | Promise<Response> {
  const caller = callerOf(request);
  if (caller === undefined) return onOurOrigin(refusalResponse({ reason: 'key-invalid' }));
  const found = targetIn(request, caller, allowed);
  if (!found.ok) return onOurOrigin(responseTo(found.failure));
  const { port, prefix, rest } = found.value;
  noteSubject(request, { port: String(port) });
  // Relative links of the target would lead beside it.
  if (!rest.startsWith('/'))
    return onOurOrigin(new Response(null, { status: 308, headers: { location: `${prefix}/${rest}` } }));
  const fields = requestFields({
    headers: request.headers,
    port,
    prefix,
    ownAuthorization: hasOwnAuthorization(request),
    peer: peerOf(request),
    keepHost,
  });
  return passOn({ request, keyId: caller.keyId, port, prefix, rest, fields }, passing);
}

/** What comes back from there has no origin, whoever says it. */
function onOurOrigin(answer: Response): Response {
  sandboxed(answer.headers);
  return answer;
}
