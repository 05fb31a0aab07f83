// One transaction as a reviewer sees it.

import { h, show } from "./dom.js";
import { capital, time, words } from "./format.js";
import { byId } from "./parts.js";
import { showCustomerWords } from "./customer.js";

/** "1,312.50 CAD" @param {Money} money */
export function money({ amount, currency }) {
  const [whole, cents = ""] = amount.split(".");
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ",")}.${cents.padEnd(2, "0")} ${currency}`;
}

/** @param {Money} of */
export const way = ({ direction }) => (direction === "in" ? "money in" : "money out");

/** @param {string} category */
export const title = (category) => capital(words(category));

/** @param {number} share */
export const percent = (share) => `${Math.round(100 * share)}%`;

/**
 * @param {Task} task
 * @param {ReadonlyMap<string, string>} about
 * @param {string} now
 */
export function showTask(task, about, now) {
  show(byId("line"), ...task.line.map(({ text, methods }) => (methods.length ? h("mark", { title: methods.join(", ") }, text) : text)));
  show(byId("amount"), h("strong", {}, money(task)), " ", h("span", { class: "soft" }, way(task)));
  const marking = [...new Set(task.line.flatMap(({ methods }) => methods))];
  byId("marked").hidden = !marking.length;
  byId("marked").textContent = `Evidence is marked: ${marking.join(", ")}.`;
  show(byId("facts"), ...facts(task, now).map(([name, value]) => value && h("div", {}, h("dt", {}, name), h("dd", {}, value))));
  show(byId("why"), ...task.why.map((sentence) => h("li", {}, sentence)));
  showSuggestions(task, about);
  showVotes(task);
  showCustomerWords(task);
}

/** @param {Task} task @param {string} now @returns {[string, Child][]} */
const facts = (task, now) => [
  ["Merchant", task.merchant && (task.via ? `${task.merchant}, via ${task.via}` : task.merchant)],
  ["Platform", task.merchant ? null : task.via],
  ["Made", h("time", { datetime: task.at }, time(task.at, now))],
  ["Merchant code", task.mcc],
  ["Other side", task.counterparty],
  ["Channel", task.channel],
  ["Waits since", h("time", { datetime: task.opened }, time(task.opened, now))],
];

/** @param {Task} task @param {ReadonlyMap<string, string>} about */
function showSuggestions({ aid }, about) {
  byId("suggestions").hidden = !aid;
  show(
    byId("suggestions"),
    ...(aid?.suggestions ?? []).map(({ category, confidence }, at) =>
      h("li", { "data-key": category }, h(
        "button",
        { type: "button", value: category, "aria-keyshortcuts": at + 1 },
        h("kbd", {}, String(at + 1)),
        h("span", { class: "choice" }, h("strong", {}, title(category)), h("small", {}, about.get(category) ?? "")),
        h("span", { class: "share" }, percent(confidence)),
      ))),
  );
}

/** @param {Task} task */
function showVotes({ aid }) {
  byId("votes").hidden = !aid?.votes.length;
  const rows = (aid?.votes ?? []).map((vote) => h(
    "tr",
    {},
    h("th", { scope: "row" }, vote.method),
    h("td", {}, title(vote.category)),
    h("td", { class: "number", "data-label": "sure" }, percent(vote.confidence)),
    h("td", { class: "number", "data-label": "weight" }, percent(vote.weight)),
    h("td", { class: "grounds", "data-label": "because" }, vote.evidence),
  ));
  show(byId("votes"), rows.length > 0 && h(
    "table",
    { class: "votes" },
    h("caption", { class: "hidden" }, "What each method says"),
    h("thead", {}, h("tr", {}, ...["Method", "Says", "Sure", "Weight", "Because"].map((name, at) =>
      h("th", { scope: "col", class: (at === 2 || at === 3) && "number" }, name)))),
    h("tbody", {}, ...rows),
  ));
}
