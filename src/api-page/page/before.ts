/**
 * Runs before Scalar does, and gives it what it expects of a page, as far as this one may have it.
 *
 * The page's origin is opaque (`sandbox` in its policy), so that it has no storage; its policy allows neither styles
 * without the nonce of the answer, nor style attributes, nor code made from text.
 */
import { MemoryStorage } from './memory-storage.ts';
import { keepStyleAttributes } from './style-attributes.ts';

// Reading these properties throws in an opaque origin. What a reader chooses lasts as long as the page.
for (const name of ['localStorage', 'sessionStorage'])
  Object.defineProperty(globalThis, name, { value: new MemoryStorage() });

// Zod, inside of Scalar, would try whether it may make code from text: the policy would refuse, and report it.
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } });

const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.content ?? '';
const createElement = document.createElement.bind(document);
document.createElement = (name: string, options?: ElementCreationOptions) => {
  const made = createElement(name, options);
  if (made instanceof HTMLStyleElement) made.nonce = nonce;
  return made;
};

keepStyleAttributes();
