/** Arguments that cmd.exe would read as orders, were they not written down with care (CVE-2024-27980); several at once on each line. */
export const BATCH_ARGUMENTS: readonly (readonly string[])[] = [
  [''],
  ['a b', '\t', 'ü €', '漢字'],
  ['"'],
  ['a"b', '""', '"""', 'a "b c" d'],
  ['\\', 'a\\', 'a b\\', '\\\\"', 'a\\"b', '\\" \\\\"'],
  ['&echo RUN', '"&echo RUN', '" & echo RUN & "', '\\"&echo RUN', '""&echo RUN'],
  ['|echo RUN', '"|echo RUN', '||echo RUN', '"||echo RUN&&"'],
  ['>out.txt', '"<in.txt', '2>&1', '" >>out.txt "'],
  ['^', '^&echo RUN', '"^', '^"&echo RUN', 'a^^b'],
  ['%NAME%', '%', '%%', '%%NAME%%', '100%', '"%NAME%"', '%NAME:~0,1%', '%cd%', '%NAME', 'NAME%'],
  ['%1', '%*', '%~dp0', '%%~1', '%0'],
  ['%NAME%&echo RUN', '"%NAME%&echo RUN', '%PATH:~0,1%"&echo RUN'],
  ['%QUOTE%&echo RUN', '%QUOTE%%QUOTE%', 'a%QUOTE%b'],
  ['!NAME!', '!', '!!', '^!NAME^!'],
  ['(', ')', '(a)', '")(', ',;=', 'a,b', 'a;b', 'a=b', '@', '@echo RUN', ':label', 'rem x', "#$+-~[]{}`'"],
  ['/?', '/c', '-c', 'model="o3"', '{"json": "a & b"}'],
  ['%CMDCMDLINE:~-1%&echo RUN', '%CMDCMDLINE:~-1%', '%ComSpec%'],
];

/** Variables that they try to get at. */
export const BATCH_VARIABLES = { NAME: 'VALUE', QUOTE: '"', cd: 'elsewhere' };
