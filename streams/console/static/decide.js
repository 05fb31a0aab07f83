// What somebody decides about what is learned: asked for a reason, then told to the learner, one after the other.

import { tell } from "./desk.js";
import { h, show } from "./dom.js";
import { byId } from "./parts.js";

/**
 * @typedef {object} Deed
 * @property {string} action
 * @property {string} verb "Release"
 * @property {string} told "released": what an entry is called once the learner was told
 * @property {string} effect what it does, in a sentence
 * @property {boolean} reason whether a reason is needed
 */

/** @type {Record<string, Deed>} */
export const DEEDS = {
  release: { action: "release", verb: "Release", told: "released", reason: true, effect: "What was held back is learned, whatever the guards say." },
  reject: { action: "reject", verb: "Reject", told: "rejected", reason: true, effect: "What was held back is dropped, and not learned." },
  approve: { action: "approve", verb: "Approve", told: "approved", reason: false, effect: "What these accounts agree on is learned for everyone." },
  decline: { action: "decline", verb: "Decline", told: "declined", reason: true, effect: "It stays with the accounts that said so." },
  forget: { action: "forget_correction", verb: "Unlearn", told: "unlearned", reason: true, effect: "The model becomes what it would be if nobody had said so." },
  freeze: { action: "freeze", verb: "Freeze", told: "frozen", reason: true, effect: "Nothing is learned until somebody thaws it; what comes meanwhile waits." },
  thaw: { action: "thaw", verb: "Thaw", told: "thawed", reason: false, effect: "What has waited is learned now, and learning goes on." },
};

/** @returns {HTMLDialogElement} */
const dialog = () => /** @type {HTMLDialogElement} */ (byId("decide"));

/**
 * Ask whether it shall be done, and why.
 *
 * @param {Deed} deed
 * @param {string} what "3 corrections"
 * @returns {Promise<string | null>} the reason, or null where it shall not
 */
export function confirm(deed, what) {
  const reason = /** @type {HTMLInputElement} */ (byId("reason"));
  byId("decide-title").textContent = `${deed.verb} ${what}?`;
  byId("decide-said").textContent = deed.effect;
  byId("reason-label").textContent = deed.reason ? "Why?" : "Why? (may be left empty)";
  byId("decide-go").textContent = deed.verb;
  reason.value = "";
  reason.required = deed.reason;
  dialog().returnValue = "";
  dialog().showModal();
  reason.focus();
  return new Promise((resolve) => {
    dialog().addEventListener("close", () => resolve(dialog().returnValue ? reason.value.trim() : null), { once: true });
  });
}

/** @param {Deed} deed @param {string | null} target @param {string} reason */
export const instruct = ({ action }, target, reason) =>
  tell("api/learning/instruct", { action, target, reason: reason || null });

/** Entries with a box each, and what can be done with those that are ticked. */
export class Batch {
  /**
   * @param {string} id of the section
   * @param {string} title
   * @param {string} one "correction"
   * @param {Deed[]} deeds
   * @param {(deed: Deed, ids: string[]) => Promise<void>} decide
   */
  constructor(id, title, one, deeds, decide) {
    this.section = byId(id);
    this.id = id;
    this.title = title;
    this.one = one;
    this.deeds = deeds;
    this.decide = decide;
    /** Entries of which the learner was told. @type {Map<string, string>} */
    this.told = new Map();
    /** @type {Set<string>} */
    this.ticked = new Set();
    this.section.addEventListener("change", ({ target }) => target instanceof HTMLInputElement && this.tick(target));
    this.section.addEventListener("click", ({ target }) => {
      const button = target instanceof Element && target.closest("button");
      const deed = button && this.deeds.find(({ action }) => action === button.value);
      if (deed) this.decide(deed, this.chosen());
    });
  }

  boxes() {
    return [...this.section.querySelectorAll("input")].filter(({ value, disabled }) => value !== "all" && !disabled);
  }

  /** Those that are ticked and still there. */
  chosen() {
    return this.boxes().filter(({ checked }) => checked).map(({ value }) => value);
  }

  /** @param {HTMLInputElement} box */
  tick(box) {
    for (const one of box.value === "all" ? this.boxes() : [box]) {
      one.checked = box.checked;
      if (box.checked) this.ticked.add(one.value);
      else this.ticked.delete(one.value);
    }
    this.enable();
  }

  enable() {
    const number = this.chosen().length;
    for (const button of this.section.querySelectorAll("button")) button.disabled = !number;
    const all = /** @type {HTMLInputElement | null} */ (this.section.querySelector("input[value='all']"));
    if (all) all.checked = number > 0 && number === this.boxes().length;
  }

  /**
   * @param {{id: string, head: Child, rest: Child[]}[]} entries
   * @param {number} total
   * @param {string} none what is said where there are none
   * @param {boolean} may
   */
  show(entries, total, none, may) {
    const there = new Set(entries.map(({ id }) => id));
    for (const id of [...this.told.keys(), ...this.ticked]) if (!there.has(id)) this.forget(id);
    const head = h("h2", { id: `${this.id}-title` }, this.title, total > 0 && h("span", { class: "count" }, ` ${total}`));
    const tools = may && entries.length > 0 && h("p", { class: "tools" },
      h("label", {}, h("input", { type: "checkbox", value: "all" }), ` all ${entries.length < total ? `of these ${entries.length}` : ""}`),
      ...this.deeds.map(({ verb, action }) => h("button", { type: "button", class: "plain", value: action }, `${verb}…`)));
    const list = entries.length ? h("ul", { class: "entries" }, ...entries.map((entry) => this.row(entry, may))) : h("p", { class: "note" }, none);
    show(this.section, head, tools, list);
    for (const box of this.boxes()) box.checked = this.ticked.has(box.value);
    this.enable();
  }

  /** @param {{id: string, head: Child, rest: Child[]}} entry @param {boolean} may */
  row({ id, head, rest }, may) {
    const told = this.told.get(id);
    return h("li", { "data-key": id }, h(may ? "label" : "div", { class: told ? "told" : "" },
      may && h("input", { type: "checkbox", value: id, disabled: Boolean(told) }),
      h("span", { class: "choice" }, head, h("span", { class: "rest" }, told && h("strong", { class: "piece" }, `${told}: the learner is told`), ...rest.map((piece) => piece && h("span", { class: "piece" }, piece))))));
  }

  /** @param {string} id */
  forget(id) {
    this.told.delete(id);
    this.ticked.delete(id);
  }
}
