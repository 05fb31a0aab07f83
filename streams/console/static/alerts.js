// Alerts that are open, and what became of those of the last seven days.

import { h, show } from "./dom.js";
import { between, duration, time } from "./format.js";
import { base, known, windowWords } from "./readings.js";
import { byId, chip, moment, runbookLink } from "./parts.js";

/** @typedef {import("./readings.js").Lexicon} Lexicon */

/** So many alerts are shown; the others can be opened, so that they do not hide the figures. */
const SHOWN = 4;

/** @param {ConsoleState} state @param {Lexicon} lexicon */
export function showAlerts(state, lexicon) {
  const order = [...state.alerts].sort(
    (a, b) => Number(b.severity === "page") - Number(a.severity === "page") || a.opened_at.localeCompare(b.opened_at),
  );
  const items = order.map((alert) => alertItem(alert, state, lexicon));
  const more = items.splice(items.length > SHOWN + 1 ? SHOWN : items.length);
  byId("alerts").hidden = !order.length;
  show(byId("alert-list"), items);
  byId("more").hidden = !more.length;
  byId("more-title").textContent = `${more.length} more`;
  show(byId("more-list"), more);
}

/** @param {OpenAlert} alert @param {ConsoleState} state @param {Lexicon} lexicon */
function alertItem(alert, { at: now, readings }, lexicon) {
  const { window } = alert;
  const figures = [
    window.name === "all" ? windowWords("all") : `${windowWords(window.name)}: ${between(window.start, window.end, now)}`,
    ...base(alert),
  ];
  return h(
    "li",
    { class: alert.severity, "data-key": alert.fingerprint },
    chip(alert.severity),
    h("div", {},
      h("p", { class: "summary" }, alert.summary, h("span", { class: "soft" }, ` (${dated(alert, now)})`)),
      h("p", {}, alert.hint),
      h("p", { class: "rest" },
        h("span", {}, "Open since ", moment(alert.opened_at, now), ` (${duration(alert.opened_at, now)})`),
        figures.filter(Boolean).map((text) => h("span", {}, text)),
        h("span", {}, runbook(alert, lexicon)),
      ),
      h("p", { class: "rest" }, present(alert, readings, lexicon)),
    ),
  );
}

/** An alert says what was so at its last step; newer readings on the same page may differ. @param {OpenAlert} alert @param {string} now */
const dated = ({ at, opened_at: opened }, now) => (at === opened ? `when opened, ${time(at, now)}` : `at its last change, ${time(at, now)}`);

/**
 * What the same figure was when it was read last.
 *
 * @param {OpenAlert} alert
 * @param {Reading[]} readings
 * @param {Lexicon} lexicon
 */
function present({ monitor, category, group, window }, readings, lexicon) {
  const same = readings.find((one) => one.monitor === monitor && one.category === category && one.group === group && one.window === window.name);
  if (!same || !known(same)) return "Latest reading: not enough data";
  const bounds = same.interval && `${Math.round(100 * same.level)}% interval ${lexicon.interval(same)}`;
  return `Latest reading: ${[lexicon.judged(same), bounds, ...base(same)].filter(Boolean).join("; ")}`;
}

/** @param {OpenAlert} alert @param {Lexicon} lexicon */
const runbook = ({ runbook: address, monitor }, lexicon) =>
  runbookLink(monitor, lexicon.name(monitor), elsewhere(address) ? address : undefined);

/** Hosts that mean the machine of the monitor; on that of the reader they would lead nowhere. */
const OWN = ["localhost", "127.0.0.1", "[::1]", "0.0.0.0", "[::]"];

/**
 * Whether the alert names a bank's own wiki rather than the page that the monitor serves. The text comes from a topic:
 * only an address of the web may become a link.
 *
 * @param {string} address
 */
function elsewhere(address) {
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) return false;
  const { hostname } = new URL(address);
  return !OWN.includes(hostname) && hostname !== location.hostname;
}

/** @type {Record<AlertStep["state"], string>} */
const STEPS = { open: "Opened", update: "Changed", resolved: "Resolved" };
/** Steps that are shown before the reader asks for more. */
const STEPS_SHOWN = 6;

/** @param {ConsoleState} state */
export function showHistory({ history, at }) {
  const items = history.map((step) => stepItem(step, at));
  const more = items.splice(items.length > STEPS_SHOWN + 1 ? STEPS_SHOWN : items.length);
  byId("history").hidden = !history.length;
  show(byId("history-list"), items);
  byId("older").hidden = !more.length;
  byId("older-title").textContent = `${more.length} earlier`;
  show(byId("older-list"), more);
}

/** @param {AlertStep} step @param {string} now */
function stepItem(step, now) {
  const ended = step.state === "resolved";
  const lasted = ended ? `, lasted ${duration(step.opened_at, step.at)}` : "";
  return h("li", { "data-key": `${step.fingerprint} ${step.at} ${step.state}` },
    moment(step.at, now),
    // No tick: an alert may also end because nothing is known of its cause any more.
    ended ? h("span", { class: "soft" }, STEPS.resolved) : chip(step.severity, STEPS[step.state] ?? step.state),
    h("p", {}, step.summary, h("span", { class: "rest" }, ` ${step.severity}${lasted}`)),
  );
}
