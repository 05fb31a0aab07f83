// Search over the categories: typed words against names and definitions, arrows choose, Enter answers.

import { title } from "./card.js";
import { h, show } from "./dom.js";
import { byId } from "./parts.js";

/** A word of the name that begins so counts more than one of the definition, and that more than any letters inside. */
const RANKS = [
  (/** @type {string} */ name, /** @type {string} */ _about, /** @type {string} */ typed) => name.startsWith(typed),
  (/** @type {string} */ name, /** @type {string} */ _about, /** @type {string} */ typed) => name.includes(` ${typed}`),
  (/** @type {string} */ _name, /** @type {string} */ about, /** @type {string} */ typed) => ` ${about}`.includes(` ${typed}`),
  (/** @type {string} */ name, /** @type {string} */ about, /** @type {string} */ typed) => name.includes(typed) || about.includes(typed),
];

export class Search {
  /**
   * @param {CategoryAbout[]} categories
   * @param {(category: string) => void} choose
   */
  constructor(categories, choose) {
    this.input = /** @type {HTMLInputElement} */ (byId("search"));
    this.list = byId("found");
    this.categories = categories;
    this.choose = choose;
    this.active = -1;
    /** @type {CategoryAbout[]} */
    this.found = categories;
    this.input.addEventListener("input", () => this.filter());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("click", ({ target, detail }) => {
      if (detail > 1) return;
      const option = target instanceof Element && target.closest("[role='option']");
      if (option instanceof HTMLElement) this.choose(option.dataset.key ?? "");
    });
    this.filter();
  }

  clear() {
    this.input.value = "";
    this.filter();
    this.list.scrollTop = 0;
  }

  filter() {
    const typed = this.input.value.trim().toLowerCase().replaceAll("_", " ");
    this.found = typed ? ranked(this.categories, typed) : this.categories;
    this.active = typed && this.found.length ? 0 : -1;
    this.draw();
  }

  draw() {
    byId("none").hidden = this.found.length > 0;
    this.list.hidden = !this.found.length;
    show(this.list, ...this.found.map(({ name, about }, at) => h(
      "li",
      { role: "option", id: `category-${name}`, "data-key": name, "aria-selected": String(at === this.active) },
      h("strong", {}, title(name)),
      h("small", {}, about),
    )));
    const chosen = this.found[this.active];
    if (chosen) {
      this.input.setAttribute("aria-activedescendant", `category-${chosen.name}`);
      byId(`category-${chosen.name}`).scrollIntoView({ block: "nearest" });
    } else {
      this.input.removeAttribute("aria-activedescendant");
    }
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const last = this.found.length - 1;
    /** @type {Record<string, () => void>} */
    const keys = {
      ArrowDown: () => this.move(this.active >= last ? 0 : this.active + 1),
      ArrowUp: () => this.move(this.active <= 0 ? last : this.active - 1),
      Enter: () => this.active >= 0 && !event.repeat && this.choose(this.found[this.active].name),
      Escape: () => {
        this.clear();
        this.input.blur();
      },
    };
    if (event.isComposing || !(event.key in keys)) return;
    event.preventDefault();
    keys[event.key]();
  }

  /** @param {number} to */
  move(to) {
    this.active = to;
    this.draw();
  }
}

/** @param {CategoryAbout[]} categories @param {string} typed */
function ranked(categories, typed) {
  /** @type {[number, CategoryAbout][]} */
  const ranks = categories.map((category) => {
    const name = category.name.replaceAll("_", " ");
    return [RANKS.findIndex((fits) => fits(name, category.about.toLowerCase(), typed)), category];
  });
  return ranks.filter(([rank]) => rank >= 0).sort(([a], [b]) => a - b).map(([, category]) => category);
}
