/** The names of users by number, as far as /etc/passwd has them (passwd(5)); directories on the network are not asked. */
import { readFileSync } from 'node:fs';

export function userNames(): ReadonlyMap<number, string> {
  try {
    return new Map(
      readFileSync('/etc/passwd', 'utf8')
        .split('\n')
        .flatMap((line) => {
          const [name, , uid] = line.split(':');
          return name === undefined || uid === undefined ? [] : [[Number(uid), name] as const];
        })
        // The first of several names of one number is the one that `ls` shows, too.
        .toReversed(),
    );
  } catch {
    return new Map();
  }
}
