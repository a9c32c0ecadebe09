/** What is wrong with how a page looks, as expressions that its browser evaluates. */

/** What sticks out of the page, as far as it is to be seen. */
export const STICKING_OUT = `[...document.querySelectorAll('body *')]
  .filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > innerWidth + 0.5 && !one.closest('.output-scroller, .terminal-frame, .terminal-title, .touch-keys, .command, .text-lines, .diff pre, .code-block pre, .table-frame, .attached-clients summary, .top nav, .spoken'))
  .map((one) => one.tagName + '.' + one.className)`;

/** Functions of contrast, for other expressions. Colours are solid here, but for tints on a known ground. */
export const CONTRAST = `
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const over = (color, ground) => {
    canvas.fillStyle = 'rgb(' + ground.join(' ') + ')';
    canvas.fillRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const groundOf = (one) => {
    const own = getComputedStyle(one).backgroundColor;
    const behind = one.parentElement === null ? [255, 255, 255] : groundOf(one.parentElement);
    return over(own, behind);
  };
  const light = (color) => {
    const [r, g, b] = color.map((part) => part / 255).map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [a, b] = [light(one), light(other)];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  };`;

/** Texts whose contrast is below WCAG AA, as sentences. */
export const FAINT = `(() => {
  ${CONTRAST}
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const faint = [];
  while (texts.nextNode()) {
    const one = texts.currentNode.parentElement;
    if (texts.currentNode.data.trim() === '' || !one.checkVisibility() || one.closest('.spoken, noscript, .xterm, :disabled, option') !== null) continue;
    const ground = groundOf(one);
    const found = contrast(over(getComputedStyle(one).color, ground), ground);
    if (found < 4.5) faint.push(found.toFixed(2) + ' ' + one.className + ' ' + texts.currentNode.data);
  }
  return faint;
})()`;
