/** Addresses of web pages: the only ones that the page links to. */
export function webAddress(text: string): string | undefined {
  const url = URL.parse(text.trim());
  return url !== null && ['http:', 'https:'].includes(url.protocol) ? url.href : undefined;
}
