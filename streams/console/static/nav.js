// The links between the pages: fairness, review, learning.

import { h, show } from "./dom.js";
import { byId } from "./parts.js";

/** @type {["fairness" | "review" | "learning", string][]} */
const PAGES = [["fairness", "Fairness"], ["review", "Review"], ["learning", "Learning"]];

/** ":9466/review" is another port of the machine that this page came from. @param {string} address */
const absolute = (address) => (address.startsWith(":") ? `${location.protocol}//${location.hostname}${address}` : address);

/** @param {Links} links @param {"fairness" | "review" | "learning"} here */
export function showPages(links, here) {
  const shown = PAGES.filter(([page]) => page === here || links[page]);
  byId("pages").hidden = shown.length < 2;
  show(
    byId("pages"),
    ...shown.map(([page, name]) => h("a", { href: absolute(links[page] ?? ""), "aria-current": page === here && "page" }, name)),
  );
}
