/**
 * Style attributes under a policy that forbids them: what a script sets through the CSS object model is not inline
 * style, so that is where they are led.
 */
type SetAttribute = (this: Element, name: string, value: string) => void;
/** Text, or what a policy of trusted types made of it. */
type Markup = string | { toString(): string };
interface TrustedTypes {
  createPolicy(name: string, rules: { createHTML: (markup: string) => string }): { createHTML(markup: string): Markup };
}

/** Only inside of a tag: in its other attributes, as in text, quotes are escaped. */
const STYLE_ATTRIBUTE = /(<[a-z][^<>]*?) style="/g;
const KEPT = 'data-kept-style';

export function keepStyleAttributes(): void {
  // oxlint-disable-next-line typescript/unbound-method -- called with its element below
  const setAttribute: SetAttribute = Element.prototype.setAttribute;
  Element.prototype.setAttribute = function (this: Element, name: string, value: string) {
    if (name === 'style' && isStyled(this)) this.style.cssText = value;
    else setAttribute.call(this, name, value);
  };

  const innerHTML = Object.getOwnPropertyDescriptor(Element.prototype, 'innerHTML');
  if (innerHTML === undefined) return;
  const { trustedTypes } = globalThis as unknown as { readonly trustedTypes?: TrustedTypes };
  const policy = trustedTypes?.createPolicy('kept-styles', { createHTML: renamed });
  Object.defineProperty(Element.prototype, 'innerHTML', {
    ...innerHTML,
    set(this: Element, markup: Markup) {
      const text = String(markup);
      const styled = text.includes(' style="');
      innerHTML.set?.call(this, styled ? (policy?.createHTML(text) ?? renamed(text)) : markup);
      if (!styled) return;
      for (const element of this.querySelectorAll(`[${KEPT}]`)) {
        if (isStyled(element)) element.style.cssText = element.getAttribute(KEPT) ?? '';
      }
    },
  });
}

const renamed = (markup: string): string => markup.replaceAll(STYLE_ATTRIBUTE, `$1 ${KEPT}="`);

const isStyled = (element: Element): element is HTMLElement | SVGElement =>
  element instanceof HTMLElement || element instanceof SVGElement;
