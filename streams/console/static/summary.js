// The upper part of the page: what is open now, and the key figures.

import { h, show } from "./dom.js";
import { symbol } from "./charts.js";
import { between, count, duration, evidence, time } from "./format.js";
import { STATES, base, choose, known, rank, speaking, stateOf, windowWords, worst } from "./readings.js";

export const chip = (state, text = STATES[state]) => h("span", { class: `chip ${state}` }, symbol(state), text);

/** What was counted, in pieces that are not torn apart. */
export const pieces = (reading, said) =>
  base(reading, said).map((piece, at) => [at > 0 && "; ", h("span", { class: "piece" }, piece)]);

const moment = (iso, now) => h("time", { datetime: iso }, time(iso, now));

export function showNow(state) {
  const { alerts } = state;
  const pages = alerts.filter((alert) => alert.severity === "page").length;
  const severity = pages ? "page" : alerts.length ? "warning" : state.newest ? "ok" : "not_enough_data";
  const overall = document.getElementById("overall");
  overall.className = `overall ${severity}`;
  show(overall, symbol(severity), h("span", {}, inWords(alerts.length, pages, state.newest)));
  document.title = `${alerts.length ? `(${alerts.length}) ` : ""}Fairness · Evenhand`;
  show(document.getElementById("facts"), facts(state).map(([name, ...value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
}

function inWords(open, pages, newest) {
  if (!open) return newest ? "No alert open" : "Nothing observed yet, no alert open";
  const kinds = [several(pages, "page"), several(open - pages, "warning")].filter(Boolean).join(", ");
  return `${several(open, "alert")} open: ${kinds}`;
}

const several = (number, noun) => number > 0 && `${number} ${noun}${number === 1 ? "" : "s"}`;

function facts(state) {
  const { newest, at } = state;
  const old = newest && new Date(at) - new Date(newest) >= 60_000;
  return [
    ["Model", state.model_version],
    ["Newest event", newest ? moment(newest, at) : "none yet", old && ` (${duration(newest, at)} ago)`],
    ["Throughput", `${state.per_second < 10 ? state.per_second.toFixed(1) : count(state.per_second)} decisions/s`, " (last minute)"],
    ["Lag", state.lag === null ? "not known" : `${count(state.lag)} records`],
    ["Late", `${count(state.late)} records`, state.expired > 0 && ` (${count(state.expired)} too late for any window)`],
  ];
}

/** So many alerts are shown; the others can be opened, so that they do not hide the figures. */
const SHOWN = 4;

export function showAlerts(state, lexicon) {
  const order = [...state.alerts].sort(
    (a, b) => (a.severity === "page" ? 0 : 1) - (b.severity === "page" ? 0 : 1) || a.opened_at.localeCompare(b.opened_at),
  );
  const items = order.map((alert) => alertItem(alert, state.at, lexicon));
  const more = items.splice(items.length > SHOWN + 1 ? SHOWN : items.length);
  document.getElementById("alerts").hidden = !order.length;
  show(document.getElementById("alert-list"), items);
  document.getElementById("more").hidden = !more.length;
  document.getElementById("more-title").textContent = `${more.length} more`;
  show(document.getElementById("more-list"), more);
}

function alertItem(alert, now, lexicon) {
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
      h("p", { class: "summary" }, alert.summary),
      h("p", {}, alert.hint),
      h("p", { class: "rest" },
        h("span", {}, "Open since ", moment(alert.opened_at, now), ` (${duration(alert.opened_at, now)})`),
        figures.filter(Boolean).map((text) => h("span", {}, text)),
        h("span", {}, runbook(alert, lexicon)),
      ),
    ),
  );
}

// Only an address of the web becomes a link: the text comes from a topic.
function runbook({ runbook: address, monitor }, lexicon) {
  if (!/^https?:\/\//i.test(address)) return `Runbook: ${address}`;
  const label = `Runbook: ${lexicon.name(monitor)}`;
  return h("a", { href: address, rel: "noreferrer", target: "_blank", "aria-label": `${label} (opens a new tab)` }, "Runbook");
}

const NONE = "not_enough_data";
const largest = (reading) => reading.value;
const lowest = (reading) => -reading.value;
const overall = (reading) => !reading.category && !reading.group;
const any = () => true;

// Each tile: its name, the monitor, which of its readings, which of those to show, and what the figure is.
const TILES = [
  ["Amount disparity", "amount_parity", any, largest, "largest gap of accuracy"],
  ["Category disparity", "category_parity", any, largest, "largest gap of recall"],
  ["Minority recall", "minority_recall", any, lowest, "rare categories together"],
  ["Review rate", "review_rate", overall, largest, "of all decisions"],
  ["Median confidence", "confidence_median", overall, lowest, "of all decisions"],
  ["LLM share", "method_usage", (reading) => reading.group === "llm", largest, "decisions with a vote of the LLM"],
  ["Corrections", "corrections", any, largest, "since the model was first seen"],
  ["Model age", "model_age", any, largest, "since training"],
];

export function showTiles(state, window, lexicon) {
  show(document.getElementById("tiles"), TILES.map((tile) => tileItem(tile, state, window, lexicon)));
}

function tileItem([title, monitor, applies, score, what], state, window, lexicon) {
  const own = state.readings.filter((reading) => reading.monitor === monitor && applies(reading));
  const readings = speaking(own, monitor, window);
  const reading = choose(readings, score);
  const level = worst(readings);
  return h(
    "li",
    { class: `tile ${level}`, "data-key": title },
    h("div", { class: "tile-top" }, h("h3", {}, title), level !== NONE && chip(level)),
    h("p", { class: "value" }, reading && known(reading) ? lexicon.value(reading) : chip(NONE)),
    tileLines(reading, what, state, lexicon).map((line) => h("p", { class: "rest" }, line)),
    elsewhere(own, level),
  );
}

function tileLines(reading, what, { limits }, lexicon) {
  if (!reading) return [what, "nothing counted yet"];
  const subject = known(reading) && reading.group !== "llm" && lexicon.subject(reading);
  const period = reading.window === "all" ? [] : [windowWords(reading.window)];
  return [
    subject ? `${what}: ${subject}` : what,
    known(reading) && reading.interval && `${interval(reading)} ${lexicon.interval(reading)}`,
    !("days" in reading.counts) && pieces(reading), // an age is no share of anything
    [...period, reading.evidence === null ? `alarms ${lexicon.threshold(reading)}` : lexicon.threshold(reading)].join("; "),
    reading.evidence !== null && `evidence ${evidence(reading.evidence)}; alarms from ${count(limits.warn_evidence)}`,
  ].filter(Boolean);
}

/** A longer or shorter window may be worse than the one that is looked at. */
function elsewhere(readings, level) {
  const other = worst(readings);
  if (rank(other) >= rank(level) || rank(other) > rank("held")) return null;
  const where = readings.filter((reading) => stateOf(reading) === other).map((reading) => windowWords(reading.window));
  return h("p", { class: "elsewhere" }, chip(other, `${STATES[other]} over ${[...new Set(where)].join(", ")}`));
}

const interval = ({ level }) => `${Math.round(100 * level)}% interval`;
