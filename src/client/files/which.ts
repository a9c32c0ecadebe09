/** How a request names a file. */

/** Names that are no UTF-8 are in the bytes of a path alone. */
export const which = (path: string, pathBytes: string | undefined): Record<string, string> =>
  pathBytes === undefined ? { path } : { pathBytes };
