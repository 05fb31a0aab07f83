// Elements from data, and a way to bring a page up to date that keeps what the reader is doing: focus, selection, scroll.
// Text only ever becomes text nodes; nothing here parses markup.

const SVG = "http://www.w3.org/2000/svg";

/** @typedef {Record<string, string | number | boolean | null | undefined>} Attributes */

/**
 * An HTML element: `h("td", {class: "figure"}, "12", child)`. Children that are null or false are left out.
 *
 * @param {string} name
 * @param {Attributes} attributes
 * @param {Child[]} children
 */
export const h = (name, attributes, ...children) => fill(document.createElement(name), attributes, children);

/**
 * An SVG element.
 *
 * @param {string} name
 * @param {Attributes} attributes
 * @param {Child[]} children
 */
export const s = (name, attributes, ...children) => fill(document.createElementNS(SVG, name), attributes, children);

/** @param {Element} element @param {Attributes} attributes @param {Child[]} children */
function fill(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) element.setAttribute(key, value === true ? "" : String(value));
  }
  element.append(...flat(children));
  return element;
}

/** @param {Child[]} children @returns {(Node | string)[]} */
const flat = (children) =>
  children.flatMap((child) => (Array.isArray(child) ? flat(child) : child instanceof Node || typeof child === "string" ? [child] : []));

/**
 * Make the children of `target` look like `wanted`, changing as little as possible. Items with `data-key` keep theirs.
 *
 * @param {Element} target
 * @param {Child[]} wanted
 */
export function show(target, ...wanted) {
  const fresh = document.createDocumentFragment();
  fresh.append(...flat(wanted));
  const focused = document.activeElement;
  matchChildren(target, fresh);
  // An element that is moved loses the focus.
  if (focused instanceof HTMLElement && focused !== document.activeElement && target.contains(focused)) {
    focused.focus({ preventScroll: true });
  }
}

/** @param {Node} node */
const keyOf = (node) => (node instanceof Element ? (node.getAttribute("data-key") ?? "") : "");

/** @param {Element} target @param {Node} fresh */
function matchChildren(target, fresh) {
  /** @type {Map<string, Element>} */
  const known = new Map();
  for (const child of target.children) if (keyOf(child)) known.set(keyOf(child), child);
  let place = target.firstChild;
  for (const wanted of [...fresh.childNodes]) {
    const key = keyOf(wanted);
    const present = key ? known.get(key) : place;
    if (present && (key || !keyOf(present)) && same(present, wanted)) {
      if (present !== place) target.insertBefore(present, place);
      else place = place.nextSibling;
      match(present, wanted);
    } else {
      target.insertBefore(wanted, place);
    }
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}

/** @param {Node} a @param {Node} b */
const same = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName;

/** What the reader has opened is the reader's. */
const OWN = "open";

/** @param {Node} present @param {Node} wanted */
function match(present, wanted) {
  if (present instanceof Text && wanted instanceof Text) {
    if (present.data !== wanted.data) present.data = wanted.data;
  }
  if (!(present instanceof Element && wanted instanceof Element)) return;
  for (const { name } of [...present.attributes]) if (name !== OWN && !wanted.hasAttribute(name)) present.removeAttribute(name);
  for (const { name, value } of wanted.attributes) {
    if (present.getAttribute(name) !== value) present.setAttribute(name, value);
  }
  matchChildren(present, wanted);
}
