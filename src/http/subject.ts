/**
 * What a request was about beyond its path, such as the job that it made: a handler notes it for whoever observes exchanges.
 * Names and ids alone, never what a client sent as content.
 */
export type Subject = Readonly<Record<string, string>>;

const subjects = new WeakMap<Request, Subject>();

export function noteSubject(request: Request, subject: Subject): void {
  subjects.set(request, subject);
}

export const subjectOf = (request: Request): Subject => subjects.get(request) ?? {};
