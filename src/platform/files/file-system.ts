/** What both kinds of file systems have to answer before a path is opened. */
export interface FileSystemRules {
  /** Whether the path must not even be looked at, because its name means something else than it shows. */
  readonly isRefusedPath: (path: string) => boolean;
  /** How others than the file's owner may use it, in words (`mode 644`); undefined where they may not. Throws for a missing file. */
  readonly describeExposure: (path: string) => string | undefined;
}
