/** What Windows PowerShell 5.1 cannot read, for the scripts that it must be able to run and that no test here runs in it. */

/** Only what is run: no comments, and strings without what is in them. */
export const codeOf = (text: string): string =>
  text
    .replaceAll(/@'\n[^]*?\n?'@/g, "''")
    .replaceAll(/@"\n[^]*?\n"@/g, '""')
    .replaceAll(/'(?:[^'\n]|'')*'|"(?:[^"\n`]|`.|"")*"|(?<=^|\s)#.*$/gm, (found) =>
      found.startsWith('#') ? '' : "''",
    );

/** Name → what it looks like in code. */
export const LATER_THAN_5_1: readonly (readonly [string, RegExp])[] = [
  ['?? and ??=', /\?\?/],
  ['?. and ?[]', /\?\.|\?\[/],
  ['the ternary operator', /\s\?\s/],
  ['&& and ||', /&&|\|\|/],
  ['a pipe at the beginning of a line', /^\s*\|/m],
  ['a background operator', /&\s*$/m],
  ['clean blocks', /\bclean\s*\{/],
  ['-Parallel', /-Parallel\b/],
  ['-AsHashtable, -AsByteStream, -SkipCertificateCheck', /-(AsHashtable|AsByteStream|SkipCertificateCheck)\b/],
  ['-SkipHttpErrorCheck, -StatusCodeVariable, -SslProtocol', /-(SkipHttpErrorCheck|StatusCodeVariable|SslProtocol)\b/],
  ['variables that only 6 and later have', /\$Is(Windows|Linux|MacOS|CoreCLR)\b/],
  ['commands that only 6 and later have', /\b(Get-Error|Join-String|Remove-Service|Test-Json)\b/],
  ['classes, using', /^\s*(class|using)\s/m],
];
