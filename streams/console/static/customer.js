// What the customer can be told of a transaction, to copy; the language is remembered by the browser.

import { h, show } from "./dom.js";
import { byId } from "./parts.js";

const REMEMBERED = "review-language";

/** @type {CustomerWords[]} */
let told = [];

const languages = () => /** @type {HTMLSelectElement} */ (byId("customer-language"));
const words = () => /** @type {HTMLTextAreaElement} */ (byId("customer-text"));

/** @param {Task} task */
export function showCustomerWords({ customer }) {
  told = customer ?? [];
  byId("customer").hidden = !told.length;
  show(languages(), ...told.map(({ code, language }) => h("option", { "data-key": code, value: code, lang: code }, language)));
  const wished = told.find(({ code }) => code === localStorage.getItem(REMEMBERED)) ?? told[0];
  if (wished) languages().value = wished.code;
  showWords();
}

/** Also after another language was chosen. */
function showWords() {
  const { code = "", text = "" } = told.find((each) => each.code === languages().value) ?? {};
  const area = words();
  area.lang = code;
  if (area.value === text) return; // what is selected stays so
  byId("customer-copied").textContent = "";
  area.value = text;
  area.scrollTop = 0;
}

/** Browsers give pages the clipboard over https and on this machine only: else what is selected is copied as ever. */
async function copy() {
  const area = words();
  let done = true;
  try {
    await navigator.clipboard.writeText(area.value);
  } catch {
    area.select();
    done = document.execCommand("copy");
  }
  byId("customer-copied").textContent = done ? "Copied" : "Select it and copy it";
}

export function listenForCustomerWords() {
  languages().addEventListener("change", () => {
    localStorage.setItem(REMEMBERED, languages().value);
    showWords();
  });
  byId("customer-copy").addEventListener("click", copy);
  words().addEventListener("focus", () => words().select());
  words().addEventListener("click", () => {
    // A part that somebody has selected stays so.
    if (words().selectionStart === words().selectionEnd) words().select();
  });
}
