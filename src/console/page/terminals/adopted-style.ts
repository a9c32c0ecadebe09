/**
 * What xterm.js gets in place of a `<style>` element (see strict-styles.ts): its text goes into a style sheet that the
 * document adopts, which is no inline style.
 */
export function adoptedStyle(): HTMLElement {
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets.push(sheet);
  const stand = document.createElement('span');
  stand.hidden = true;
  const remove = stand.remove.bind(stand);
  Object.defineProperty(stand, 'textContent', {
    set(css: string) {
      sheet.replaceSync(css);
    },
  });
  stand.remove = () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== sheet);
    remove();
  };
  return stand;
}
