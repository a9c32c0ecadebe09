/** Messages of JSON-RPC 2.0, as far as a relay between two peers has to know them. */
export type Message = Readonly<Record<string, unknown>>;

export const PARSE_ERROR = -32_700;
export const INVALID_REQUEST = -32_600;
export const INTERNAL_ERROR = -32_603;

export const isObject = (value: unknown): value is Message =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A request has an id, which may be 0 or a text; a notification has none. */
export const isRequest = ({ method, id }: Message): boolean =>
  typeof method === 'string' && id !== undefined && id !== null;

export const isAnswer = ({ method, id }: Message): boolean => method === undefined && id !== undefined;

/** The id as a key: 1 and "1" are two. */
export const keyOf = (id: unknown): string => JSON.stringify(id) ?? '';

export const paramsOf = ({ params }: Message): Message => (isObject(params) ? params : {});

export const errorAnswer = (id: unknown, code: number, message: string): Message => ({
  jsonrpc: '2.0',
  id,
  error: { code, message },
});

/** The message of an answer that is an error; undefined for any other. */
export const errorOf = ({ error }: Message): string | undefined =>
  isObject(error) ? String(error['message'] ?? error['code']) : undefined;

/** A message that was received as that text, unless it was changed or is laid out in lines, as it came. */
export const lineOf = (message: Message, received: Message, text: string): string =>
  message !== received || /[\r\n]/.test(text) ? JSON.stringify(message) : text;
