/** Addresses that the page links to: web pages, and nothing that runs or opens anything else. */
export const webAddress = (text: string): string | undefined => addressOf(text, ['http:', 'https:']);

/** In what a program prints, addresses of mail too. */
export const printedAddress = (text: string): string | undefined => addressOf(text, ['http:', 'https:', 'mailto:']);

function addressOf(text: string, protocols: readonly string[]): string | undefined {
  const url = URL.parse(text.trim());
  return url !== null && protocols.includes(url.protocol) ? url.href : undefined;
}
