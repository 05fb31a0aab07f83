// Elements from data, and a way to bring a page up to date that keeps what the reader is doing: focus, selection, scroll.
// Text only ever becomes text nodes; nothing here parses markup.

const SVG = "http://www.w3.org/2000/svg";

/** An HTML element: `h("td", {class: "figure"}, "12", child)`. Children that are null or false are left out. */
export const h = (name, attributes, ...children) => fill(document.createElement(name), attributes, children);

/** An SVG element. */
export const s = (name, attributes, ...children) => fill(document.createElementNS(SVG, name), attributes, children);

function fill(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value !== null && value !== undefined && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Make the children of `target` look like `wanted`, changing as little as possible. Items with `data-key` keep theirs. */
export function show(target, ...wanted) {
  const fresh = document.createDocumentFragment();
  fresh.append(...wanted.flat(Infinity).filter((child) => child !== null && child !== false));
  const focused = document.activeElement;
  matchChildren(target, fresh);
  // An element that is moved loses the focus.
  if (focused !== document.activeElement && target.contains(focused)) focused.focus({ preventScroll: true });
}

function matchChildren(target, fresh) {
  const known = new Map();
  for (const child of target.children) if (child.dataset.key) known.set(child.dataset.key, child);
  let place = target.firstChild;
  for (const wanted of [...fresh.childNodes]) {
    const key = wanted.dataset?.key;
    const present = key ? known.get(key) : place;
    if (present && (key || !present.dataset?.key) && same(present, wanted)) {
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

const same = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName;

/** What the reader has opened is the reader's. */
const OWN = "open";

function match(present, wanted) {
  if (present.nodeType === Node.TEXT_NODE) {
    if (present.data !== wanted.data) present.data = wanted.data;
    return;
  }
  for (const { name } of [...present.attributes]) if (name !== OWN && !wanted.hasAttribute(name)) present.removeAttribute(name);
  for (const { name, value } of wanted.attributes) {
    if (present.getAttribute(name) !== value) present.setAttribute(name, value);
  }
  matchChildren(present, wanted);
}
