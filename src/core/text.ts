/**
 * Control bytes as visible text: what a log or a terminal shows of foreign text must not move the
 * cursor, set the clipboard or forge a line (CVE-2025-55754). Newlines and tabs are escaped too.
 */
export function escapeControls(text: string): string {
  // eslint-disable-next-line no-control-regex -- finding them is the purpose
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (char) => {
    if (char === '\n') return '\\n';
    if (char === '\r') return '\\r';
    if (char === '\t') return '\\t';
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
