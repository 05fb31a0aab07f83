// The lower part of the page: categories, confidence, methods, parity, and every reading of every monitor.

import { h, show } from "./dom.js";
import { bar, histogram, roundUp, scale, sparkline, symbol } from "./charts.js";
import { count, evidence, figure, signed, words } from "./format.js";
import { STATES, known, rank, speaking, stateOf, windowWords } from "./readings.js";
import { chip, pieces } from "./summary.js";

const byId = (id) => document.getElementById(id);
const note = (...text) => h("p", { class: "note" }, text);

/**
 * A table that turns into cards on a phone. The roles are written out because a changed `display` takes them away in
 * some browsers. A column is [heading, class]; a row is {key, cells}, the first cell of which is its heading.
 */
function table({ caption, columns, rows, kind }) {
  const headings = columns.map(([name, style]) => h("th", { scope: "col", role: "columnheader", class: style }, name));
  return h(
    "table",
    { class: `figures ${kind ?? ""}`, role: "table" },
    h("caption", {}, caption),
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, headings)),
    h("tbody", { role: "rowgroup" }, rows.map(({ key, cells }) => h("tr", { role: "row", "data-key": key }, cells.map((cell, at) => cellOf(cell, at, columns[at]))))),
  );
}

function cellOf(content, at, [name, style]) {
  if (at === 0) return h("th", { scope: "row", role: "rowheader", class: style }, content);
  const empty = content === "" || content === null;
  return h("td", { role: "cell", class: `${style ?? ""}${empty ? " empty" : ""}`, "data-label": typeof name === "string" ? name : "" }, content);
}

const worstFirst = (a, b) => rank(stateOf(a)) - rank(stateOf(b));

export function showCategories(state, window, lexicon) {
  const readings = speaking(state.readings.filter(({ category, group }) => category && !group), "review_rate", window);
  const judged = readings.filter(known).sort((a, b) => b.value - a.value);
  const rows = [...judged, ...readings.filter((reading) => !known(reading)).sort((a, b) => a.category.localeCompare(b.category))];
  const limit = state.limits.review_rate;
  const end = roundUp(Math.max(limit, ...judged.map((reading) => reading.interval?.[1] ?? reading.value)));
  show(
    byId("categories"),
    table({
      kind: "categories",
      caption: `Share of decisions that went to review, highest first; window ${windowWords(readings[0]?.window ?? window)}. Whiskers are 99% intervals, the broken line is the limit of ${figure(limit, "share")}. Trend: six hours a point, on the same scale as the bars.`,
      columns: [["Category", "name"], ["Rate", "number rate"], ["99% interval", "number interval"], [[h("span", { class: "hidden" }, "Rate and interval as a bar"), scale({ end, limit })], "chart"], ["Trend, 7 days", "trend"], ["Rise, 24 h", "number rise"], ["To review", "number counts"], ["State", "state"]],
      rows: rows.map((reading) => categoryRow(reading, state, { end, limit }, lexicon)),
    }),
  );
}

function categoryRow(reading, state, { end, limit }, lexicon) {
  const { category, interval } = reading;
  const value = known(reading) ? reading.value : null;
  const level = stateOf(reading);
  return {
    key: category,
    cells: [
      h("span", { title: state.categories[category] ?? "" }, words(category)),
      lexicon.value(reading),
      lexicon.interval(reading),
      bar({ value, interval, limit, end, state: level }),
      trend(category, state.trend, { end, limit }),
      rise(category, state.readings, lexicon),
      pieces(reading, reviewed),
      chip(level),
    ],
  };
}

const reviewed = ({ review, decisions }) => [`${count(review)} of ${count(decisions)}`];

/** How much higher the last day is than the days before, whatever the window. */
function rise(category, readings, lexicon) {
  const reading = readings.find((one) => one.monitor === "review_rise" && one.category === category);
  if (!reading || !known(reading)) return h("span", { class: "soft" }, "–");
  const state = stateOf(reading);
  const said = signed(reading.value, lexicon.unit("review_rise"));
  return state === "ok" ? said : h("span", { class: `chip ${state}` }, symbol(state), said, h("span", { class: "hidden" }, ` ${STATES[state]}`));
}

/** Hours of a sparkline's point, and decisions below which it has none: less would be noise. */
const STEP = 6;
const FEWEST = 20;

function trend(category, { series, hours }, { end, limit }) {
  const steps = Math.ceil(hours / STEP);
  const sums = Array.from({ length: steps }, () => [0, 0]);
  for (const [hour, decisions, review] of series[category] ?? []) {
    const sum = sums[Math.floor(hour / STEP)];
    if (sum) [sum[0], sum[1]] = [sum[0] + decisions, sum[1] + review];
  }
  const shares = sums.map(([decisions, review]) => (decisions >= FEWEST ? review / decisions : null));
  const present = shares.filter((share) => share !== null);
  if (present.length < 2) return h("span", { class: "soft" }, "too few decisions");
  const [first, last] = [present[0], present.at(-1)].map((share) => figure(share, "share"));
  const title = `${words(category)}: ${first} at first, ${last} at last, highest ${figure(Math.max(...present), "share")}`;
  return sparkline({ points: shares.map((share, at) => [at / Math.max(steps - 1, 1), share]), end, limit, title });
}

export function showConfidence(state, window, lexicon) {
  const bins = state.confidence[window] ?? [];
  const total = bins.reduce((sum, number) => sum + number, 0);
  if (!total) return show(byId("confidence"), note(`Not enough data: no decision in the window of ${windowWords(window)}.`));
  const limit = state.limits.confidence_median;
  const median = speaking(state.readings, "confidence_median", window).find((reading) => !reading.category && !reading.group && known(reading));
  const low = bins.filter((_, bin) => (bin + 0.5) / bins.length < limit).reduce((sum, number) => sum + number, 0);
  const below = `${figure(low / total, "share")} of decisions are below ${limit.toFixed(2)}`;
  const marks = [{ at: limit, name: `limit of the median ${limit.toFixed(2)}`, line: "limit" }];
  if (median) marks.push({ at: median.value, name: `median ${figure(median.value, "number")}`, line: "median" });
  show(
    byId("confidence"),
    h("figure", {},
      histogram({ bins, marks, title: "How often each confidence was given", description: `${below}.` }),
      h("figcaption", {}, `${count(total)} decisions, window ${windowWords(window)}; ${below}.`, median ? ` Median ${lexicon.value(median)}, 99% interval ${lexicon.interval(median)}.` : ""),
    ),
  );
}

export function showMethods(state, window, lexicon) {
  const readings = speaking(state.readings.filter(({ group }) => group), "method_usage", window);
  if (!readings.length) return show(byId("methods"), note("Not enough data: no decision counted yet."));
  show(
    byId("methods"),
    table({
      kind: "methods",
      caption: `Share of decisions that a method voted in; window ${windowWords(readings[0].window)}.`,
      columns: [["Method", "name"], ["Share", "number rate"], [[h("span", { class: "hidden" }, "Share as a bar"), scale({ end: 1 })], "chart"], ["State", "state"]],
      rows: readings.map((reading) => ({
        key: reading.group,
        cells: [
          [h("span", {}, lexicon.subject(reading)), h("small", {}, pieces(reading))],
          [lexicon.value(reading), reading.interval && known(reading) && h("small", {}, lexicon.interval(reading))],
          bar({ value: known(reading) ? reading.value : null, interval: reading.interval, limit: reading.threshold < 1 ? reading.threshold : 0, end: 1, state: stateOf(reading) }),
          chip(stateOf(reading)),
        ],
      })),
    }),
  );
}

const PARITY = ["amount_parity", "review_parity"];

export function showParity(state, window, lexicon) {
  const rows = PARITY.flatMap((monitor) => speaking(state.readings, monitor, window)).sort(worstFirst);
  if (!rows.length) return show(byId("parity"), note("Not enough data: no label counted yet."));
  const windows = [...new Set(rows.map((reading) => windowWords(reading.window)))].join(", ");
  show(
    byId("parity"),
    table({
      caption: `Each amount band against the others; window ${windows}. A gap looks small or large by the side it is taken from: both ratios are given. Evidence warns from ${count(state.limits.warn_evidence)}, pages from ${count(state.limits.page_evidence)}.`,
      columns: [["Compared", "name"], ["Gap", "number rate"], ["Counts", "number counts"], ["Ratios", "number"], ["Evidence", "number evidence"], ["State", "state"]],
      rows: rows.map((reading) => ({
        key: `${reading.monitor} ${lexicon.subject(reading)}`,
        cells: [
          [h("span", {}, lexicon.subject(reading) || "all"), h("small", {}, lexicon.name(reading.monitor))],
          [lexicon.value(reading), known(reading) && h("small", {}, lexicon.interval(reading))],
          pieces(reading),
          ratios(reading),
          reading.evidence === null ? "" : evidence(reading.evidence),
          chip(stateOf(reading)),
        ],
      })),
    }),
  );
}

const ratios = (reading) => (known(reading) ? Object.entries(reading.ratios).map(([of, ratio]) => h("span", { class: "ratio" }, `${words(of)} ${ratio === null ? "–" : ratio.toFixed(2)}`)) : "");

const COLUMNS = [["Figure", "name"], ["Window", "window"], ["Reading", "number rate"], ["Alarms", "number limit"], ["Counts", "number counts"], ["Evidence", "number evidence"], ["State", "state"]];

const row = (reading, lexicon, naming) => ({
  key: `${reading.monitor} ${reading.category} ${reading.group} ${reading.window}`,
  cells: [
    [h("span", {}, naming ? lexicon.name(reading.monitor) : lexicon.subject(reading) || "all decisions"), naming && h("small", {}, lexicon.subject(reading) || "all decisions"), reading.hint && h("small", { class: "hint" }, reading.hint)],
    windowWords(reading.window),
    [lexicon.value(reading), known(reading) && reading.interval && h("small", {}, lexicon.interval(reading))],
    lexicon.threshold(reading),
    pieces(reading),
    reading.evidence === null ? "" : evidence(reading.evidence),
    chip(stateOf(reading)),
  ],
});

const ALARMING = ["page", "warning", "held"];

export function showMonitors(state, lexicon) {
  const alarming = state.readings.filter((reading) => ALARMING.includes(stateOf(reading))).sort(worstFirst);
  const monitors = Object.keys(state.monitors).filter((name) => state.readings.some((reading) => reading.monitor === name));
  const byState = (name) => state.readings.filter((reading) => reading.monitor === name).sort(worstFirst);
  const groups = monitors.map((name) => [name, byState(name)]).sort(([, a], [, b]) => worstFirst(a[0], b[0]));
  show(
    byId("monitors"),
    alarming.length
      ? table({ caption: "Readings that alarm, of all windows", columns: COLUMNS, rows: alarming.map((reading) => row(reading, lexicon, true)) })
      : note("No reading alarms."),
    groups.map(([name, readings]) => details(name, readings, lexicon)),
  );
}

/** Only what the reader has opened has its table. */
function details(name, readings, lexicon) {
  const { open } = document.querySelector(`[data-monitor="${name}"]`) ?? {};
  const tally = new Map();
  for (const reading of readings) tally.set(stateOf(reading), (tally.get(stateOf(reading)) ?? 0) + 1);
  return h(
    "details",
    { "data-key": name, "data-monitor": name },
    h("summary", {}, h("span", { class: "monitor" }, lexicon.name(name)), [...tally].map(([state, number]) => chip(state, tallied(state, number)))),
    open && table({ caption: `${lexicon.monitors[name]?.about ?? ""} Worst first.`, columns: COLUMNS, rows: readings.map((reading) => row(reading, lexicon, false)) }),
  );
}

const TALLY = {
  page: ["page", "pages"],
  warning: ["warning", "warnings"],
  held: ["held open"],
  ok: ["no alarm"],
  not_enough_data: ["not enough data"],
};
const tallied = (state, number) => `${count(number)} ${(number > 1 && TALLY[state][1]) || TALLY[state][0]}`;
