// Pieces that more than one section shows.

import { symbol } from "./charts.js";
import { h } from "./dom.js";
import { time } from "./format.js";
import { STATES, base } from "./readings.js";

/** @param {string} id @returns {HTMLElement} */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no element #${id}`);
  return element;
}

/** A state as shape and word. @param {Level} state */
export const chip = (state, text = STATES[state]) => h("span", { class: `chip ${state}` }, symbol(state), text);

/**
 * What was counted, in pieces that are not torn apart.
 *
 * @param {Pick<Reading, "counts"> & Partial<Pick<Reading, "needed">>} reading
 * @param {(named: Counts) => string[]} [said]
 */
export const pieces = (reading, said) =>
  base(reading, said).map((piece, at) => [at > 0 && "; ", h("span", { class: "piece" }, piece)]);

/** @param {string} iso @param {string} now */
export const moment = (iso, now) => h("time", { datetime: iso }, time(iso, now));

/** The page of a runbook that the monitor itself serves. @param {string} page @param {string} about */
export const runbookLink = (page, about, address = `runbooks/${encodeURIComponent(page)}`) =>
  h("a", { href: address, rel: "noreferrer", target: "_blank", "aria-label": `Runbook: ${about} (opens a new tab)` }, "Runbook");
