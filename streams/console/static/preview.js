// Which other requests an answer is to settle: shown before it happens, and chosen one by one.

import { money } from "./card.js";
import { h, show } from "./dom.js";
import { count, time } from "./format.js";
import { byId } from "./parts.js";

const dialog = () => /** @type {HTMLDialogElement} */ (byId("preview"));

/** "1 other" or "4 others" @param {number} number */
export const others = (number) => `${count(number)} other${number === 1 ? "" : "s"}`;

/**
 * Show what is like this one, and let the reviewer choose.
 *
 * @param {Preview} preview
 * @param {readonly string[]} chosen what was chosen before; nothing: all that can be
 * @param {string} merchant
 * @param {string} now
 * @returns {Promise<string[] | null>} ids, or null where it was left
 */
export function choose({ count: all, likes }, chosen, merchant, now) {
  const free = likes.filter(({ taken }) => !taken);
  byId("preview-title").textContent = all ? `${others(all)} of ${merchant}` : `No others of ${merchant}`;
  byId("preview-said").textContent = said(all, likes, free);
  show(byId("likes"), ...likes.map((like) => row(like, !like.taken && (!chosen.length || chosen.includes(like.id)), now)));
  const boxes = () => [...byId("likes").querySelectorAll("input")].filter((box) => box.checked);
  const label = () => {
    const number = boxes().length;
    byId("preview-go").hidden = !free.length;
    show(byId("preview-go"), number ? `Answer with ${others(number)}` : "Answer this one alone", " ", h("kbd", {}, "Enter"));
  };
  label();
  byId("likes").onchange = label;
  dialog().returnValue = "";
  dialog().showModal();
  (free.length ? byId("preview-go") : byId("preview-title")).focus();
  return new Promise((resolve) => {
    dialog().addEventListener("close", () => resolve(dialog().returnValue ? boxes().map(({ value }) => value) : null), { once: true });
  });
}

/** @param {number} all @param {Like[]} likes @param {Like[]} free */
function said(all, likes, free) {
  if (!all) return "Nothing else of this merchant waits for an answer.";
  const part = all > likes.length ? ` These are the ${count(likes.length)} that wait longest.` : "";
  const taken = likes.length - free.length;
  const kept = taken ? ` ${taken === 1 ? "One is" : `${count(taken)} are`} in the hands of others.` : "";
  return `Your next answer will count for those that are ticked as well; undo takes back all of it.${part}${kept}`;
}

/** @param {Like} like @param {boolean} checked @param {string} now */
function row(like, checked, now) {
  const box = /** @type {HTMLInputElement} */ (h("input", { type: "checkbox", value: like.id, disabled: like.taken }));
  box.checked = checked;
  return h("li", {}, h(
    "label",
    {},
    box,
    h("span", { class: "choice" }, h("span", { class: "raw" }, like.description), h("small", {}, `${time(like.at, now)}${like.taken ? ", another reviewer has it" : ""}`)),
    h("span", { class: "share" }, `${like.direction === "in" ? "+" : ""}${money(like)}`),
  ));
}
