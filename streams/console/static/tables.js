// The lower part of the page: categories, confidence, methods, parity, and every reading of every monitor.

import { bar, histogram, roundUp, scale, sparkline, symbol } from "./charts.js";
import { h, show } from "./dom.js";
import { count, evidence, figure, signed, words } from "./format.js";
import { STATES, known, neededWords, rank, speaking, stateOf, windowWords } from "./readings.js";
import { byId, chip, pieces } from "./parts.js";

/** @typedef {import("./readings.js").Lexicon} Lexicon */
/** @typedef {[heading: Child, style: string]} Column */
/** @typedef {{key: string, cells: Child[]}} Row */

/** @param {Child[]} text */
const note = (...text) => h("p", { class: "note" }, text);

/**
 * A table that turns into cards on a phone. The roles are written out because a changed `display` takes them away in
 * some browsers. A column is [heading, class]; the first cell of a row is its heading.
 *
 * @param {{caption: string, columns: Column[], rows: Row[], kind?: string}} what
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

/** @param {Child} content @param {number} at @param {Column} column */
function cellOf(content, at, [name, style]) {
  if (at === 0) return h("th", { scope: "row", role: "rowheader", class: style }, content);
  const empty = content === "" || content === null;
  return h("td", { role: "cell", class: `${style ?? ""}${empty ? " empty" : ""}`, "data-label": typeof name === "string" ? name : "" }, content);
}

/** @param {Reading} a @param {Reading} b */
const worstFirst = (a, b) => rank(stateOf(a)) - rank(stateOf(b));

/** Rows without a figure that stand in the table; more of them are one line, which opens. */
const FEW = 2;

/**
 * A table of the readings that have a figure, and the others below it, folded where they are many.
 *
 * @param {{caption: string, columns: Column[], readings: Reading[], row: (reading: Reading) => Row, kind?: string, key: string, noun: string}} what
 *     The noun is said of the folded readings, in the plural.
 */
function folding({ readings, row, key, noun, ...what }) {
  const silent = readings.filter((reading) => !known(reading));
  if (silent.length <= FEW) return table({ ...what, rows: readings.map(row) });
  const rest = readings.filter(known);
  const title = `${count(silent.length)} ${noun}: not enough data`;
  return [
    rest.length > 0 && table({ ...what, rows: rest.map(row) }),
    h("details", { class: "folded", "data-key": `${key} folded` },
      h("summary", {}, chip("not_enough_data", title), h("span", { class: "rest" }, lacked(silent))),
      table({ ...what, caption: `${title}. ${what.caption}`, rows: silent.map(row) }),
    ),
  ];
}

/** "0 to 143 decisions, 200 needed", of the count that most of them lack. @param {Reading[]} silent */
function lacked(silent) {
  const names = silent.flatMap(({ needed }) => (needed ? [needed.of] : []));
  const most = names.sort((a, b) => names.filter((name) => name === b).length - names.filter((name) => name === a).length)[0];
  const those = silent.filter(({ needed }) => needed?.of === most);
  const least = those[0]?.needed?.least;
  if (most === undefined || least === undefined) return "";
  const have = those.map(({ counts }) => counts[most] ?? 0);
  const [low, high] = [Math.min(...have), Math.max(...have)];
  return `${low === high ? count(low) : `${count(low)} to ${count(high)}`} ${neededWords(most)}, ${count(least)} needed`;
}

/** @param {ConsoleState} state @param {string} window @param {Lexicon} lexicon */
export function showCategories(state, window, lexicon) {
  const readings = speaking(state.readings.filter(({ category, group }) => category && !group), "review_rate", window);
  const judged = readings.filter(known).sort((a, b) => b.value - a.value);
  const silent = readings.filter((reading) => !known(reading)).sort((a, b) => (a.category ?? "").localeCompare(b.category ?? ""));
  const limit = state.limits.review_rate;
  const end = roundUp(Math.max(limit, ...judged.map((reading) => reading.interval?.[1] ?? reading.value)));
  show(
    byId("categories"),
    folding({
      kind: "categories",
      key: "categories",
      noun: "categories",
      caption: `Share of decisions that went to review, highest first; window ${windowWords(readings[0]?.window ?? window)}. Whiskers are 99% intervals, the broken line is the limit of ${figure(limit, "share")}. Trend: six hours a point, on the same scale as the bars.`,
      columns: [["Category", "name"], ["Rate", "number rate"], ["99% interval", "number interval"], [[h("span", { class: "hidden" }, "Rate and interval as a bar"), scale({ end, limit })], "chart"], ["Trend, 7 days", "trend"], ["Rise, 24 h", "number rise"], ["To review", "number counts"], ["State", "state"]],
      readings: [...judged, ...silent],
      row: (reading) => categoryRow(reading, state, { end, limit }, lexicon),
    }),
  );
}

/**
 * @param {Reading} reading
 * @param {ConsoleState} state
 * @param {{end: number, limit: number}} axis
 * @param {Lexicon} lexicon
 * @returns {Row}
 */
function categoryRow(reading, state, { end, limit }, lexicon) {
  const { interval } = reading;
  const category = reading.category ?? "";
  const value = known(reading) ? reading.value : null;
  const level = stateOf(reading);
  return {
    key: category,
    cells: [
      h("span", { title: state.categories[category] ?? "" }, words(category)),
      lexicon.judged(reading),
      lexicon.interval(reading),
      bar({ value, interval, limit, end, state: level }),
      trend(category, state.trend, { end, limit }),
      rise(category, state.readings, lexicon),
      pieces(reading, reviewed),
      chip(level),
    ],
  };
}

/** @param {Counts} named */
const reviewed = ({ review, decisions }) => [`${count(review ?? 0)} of ${count(decisions ?? 0)}`];

/**
 * How much higher the last day is than the days before, whatever the window.
 *
 * @param {string} category
 * @param {Reading[]} readings
 * @param {Lexicon} lexicon
 */
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

/** @param {string} category @param {Trend} trends @param {{end: number, limit: number}} axis */
function trend(category, { series, hours }, { end, limit }) {
  const steps = Math.ceil(hours / STEP);
  const sums = Array.from({ length: steps }, () => /** @type {[number, number]} */ ([0, 0]));
  for (const [hour, decisions, review] of series[category] ?? []) {
    const sum = sums[Math.floor(hour / STEP)];
    if (sum) [sum[0], sum[1]] = [sum[0] + decisions, sum[1] + review];
  }
  const shares = sums.map(([decisions, review]) => (decisions >= FEWEST ? review / decisions : null));
  const present = shares.filter((share) => share !== null);
  if (present.length < 2) return h("span", { class: "soft" }, "too few decisions");
  const title = `${words(category)}: ${figure(present[0], "share")} at first, ${figure(present[present.length - 1], "share")} at last, highest ${figure(Math.max(...present), "share")}`;
  return sparkline({ points: shares.map((share, at) => [at / Math.max(steps - 1, 1), share]), end, limit, title });
}

/** @param {ConsoleState} state @param {string} window @param {Lexicon} lexicon */
export function showConfidence(state, window, lexicon) {
  const bins = state.confidence[window] ?? [];
  const total = bins.reduce((sum, number) => sum + number, 0);
  if (!total) return show(byId("confidence"), note(`Not enough data: no decision in the window of ${windowWords(window)}.`));
  const limit = state.limits.confidence_median;
  const median = speaking(state.readings, "confidence_median", window).find((reading) => !reading.category && !reading.group && known(reading));
  const low = bins.filter((_, bin) => (bin + 0.5) / bins.length < limit).reduce((sum, number) => sum + number, 0);
  const below = `${figure(low / total, "share")} of decisions are below ${limit.toFixed(2)}`;
  const marks = [{ at: limit, name: `limit of the median ${limit.toFixed(2)}`, line: "limit" }];
  if (median && known(median)) marks.push({ at: median.value, name: `median ${figure(median.value, "number")}`, line: "median" });
  show(
    byId("confidence"),
    h("figure", {},
      histogram({ bins, marks, title: "How often each confidence was given", description: `${below}.` }),
      h("figcaption", {}, `${count(total)} decisions, window ${windowWords(window)}; ${below}.`, median ? ` Median ${lexicon.judged(median)}, 99% interval ${lexicon.interval(median)}.` : ""),
    ),
  );
}

/** @param {ConsoleState} state @param {string} window @param {Lexicon} lexicon */
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
        key: reading.group ?? "",
        cells: [
          [h("span", {}, lexicon.subject(reading)), h("small", {}, pieces(reading))],
          [lexicon.judged(reading), reading.interval && known(reading) && h("small", {}, lexicon.interval(reading))],
          bar({ value: known(reading) ? reading.value : null, interval: reading.interval, limit: reading.threshold < 1 ? reading.threshold : 0, end: 1, state: stateOf(reading) }),
          chip(stateOf(reading)),
        ],
      })),
    }),
  );
}

const PARITY = ["amount_parity", "review_parity"];

/** @param {ConsoleState} state @param {string} window @param {Lexicon} lexicon */
export function showParity(state, window, lexicon) {
  const rows = PARITY.flatMap((monitor) => speaking(state.readings, monitor, window)).sort(worstFirst);
  if (!rows.length) return show(byId("parity"), note("Not enough data: no label counted yet."));
  const windows = [...new Set(rows.map((reading) => windowWords(reading.window)))].join(", ");
  show(
    byId("parity"),
    folding({
      key: "parity",
      noun: "comparisons",
      caption: `Each amount band against the others; window ${windows}. A gap looks small or large by the side it is taken from: both ratios are given. Evidence says how sure it is that a gap exceeds the tolerance; it warns from ${count(state.limits.warn_evidence)}, pages from ${count(state.limits.page_evidence)}.`,
      columns: [["Compared", "name"], ["Gap", "number rate"], ["Counts", "number counts"], ["Ratios", "number"], ["Evidence", "number evidence"], ["State", "state"]],
      readings: rows,
      row: (reading) => ({
        key: `${reading.monitor} ${lexicon.subject(reading)}`,
        cells: [
          [h("span", {}, lexicon.subject(reading) || "all"), h("small", {}, lexicon.name(reading.monitor))],
          [lexicon.judged(reading), known(reading) && h("small", {}, lexicon.interval(reading))],
          pieces(reading),
          ratios(reading),
          reading.evidence === null ? "" : evidence(reading.evidence),
          chip(stateOf(reading)),
        ],
      }),
    }),
  );
}

/** @param {Reading} reading */
const ratios = (reading) => (known(reading) ? Object.entries(reading.ratios).map(([of, ratio]) => h("span", { class: "ratio" }, `${words(of)} ${ratio === null ? "–" : ratio.toFixed(2)}`)) : "");

/** @type {Column[]} */
const COLUMNS = [["Figure", "name"], ["Window", "window"], ["Reading", "number rate"], ["Alarms", "number limit"], ["Counts", "number counts"], ["Evidence", "number evidence"], ["State", "state"]];

/** @param {Reading} reading @param {Lexicon} lexicon @param {boolean} naming @returns {Row} */
const row = (reading, lexicon, naming) => ({
  key: `${reading.monitor} ${reading.category} ${reading.group} ${reading.window}`,
  cells: [
    [h("span", {}, naming ? lexicon.name(reading.monitor) : lexicon.subject(reading) || "all decisions"), naming && h("small", {}, lexicon.subject(reading) || "all decisions"), reading.hint && h("small", { class: "hint" }, reading.hint)],
    windowWords(reading.window),
    [lexicon.judged(reading), known(reading) && reading.interval && h("small", {}, lexicon.interval(reading))],
    lexicon.threshold(reading),
    pieces(reading),
    reading.evidence === null ? "" : evidence(reading.evidence),
    chip(stateOf(reading)),
  ],
});

const ALARMING = ["page", "warning", "held"];

/** @param {ConsoleState} state @param {Lexicon} lexicon */
export function showMonitors(state, lexicon) {
  const alarming = state.readings.filter((reading) => ALARMING.includes(stateOf(reading))).sort(worstFirst);
  const monitors = Object.keys(state.monitors).filter((name) => state.readings.some((reading) => reading.monitor === name));
  const byState = (/** @type {string} */ name) => state.readings.filter((reading) => reading.monitor === name).sort(worstFirst);
  const groups = monitors.map((name) => /** @type {[string, Reading[]]} */ ([name, byState(name)])).sort(([, a], [, b]) => worstFirst(a[0], b[0]));
  show(
    byId("monitors"),
    alarming.length
      ? table({ caption: "Readings that alarm, of all windows", columns: COLUMNS, rows: alarming.map((reading) => row(reading, lexicon, true)) })
      : note("No reading alarms."),
    groups.map(([name, readings]) => details(name, readings, lexicon)),
  );
}

/** Only what the reader has opened has its table. @param {string} name @param {Reading[]} readings @param {Lexicon} lexicon */
function details(name, readings, lexicon) {
  const open = document.querySelector(`[data-monitor="${name}"]`)?.hasAttribute("open") ?? false;
  /** @type {Map<Level, number>} */
  const tally = new Map();
  for (const reading of readings) tally.set(stateOf(reading), (tally.get(stateOf(reading)) ?? 0) + 1);
  return h(
    "details",
    { "data-key": name, "data-monitor": name },
    h("summary", {}, h("span", { class: "monitor" }, lexicon.name(name)), [...tally].map(([state, number]) => chip(state, tallied(state, number)))),
    open && folding({
      key: name,
      noun: "readings",
      caption: `${lexicon.monitors[name]?.about ?? ""} Worst first.`,
      columns: COLUMNS,
      readings,
      row: (reading) => row(reading, lexicon, false),
    }),
  );
}

/** @type {Record<Level, [one: string, more?: string]>} */
const TALLY = {
  page: ["page", "pages"],
  warning: ["warning", "warnings"],
  held: ["held open"],
  ok: ["no alarm"],
  nothing: ["nothing to judge"],
  not_enough_data: ["not enough data"],
};
/** @param {Level} state @param {number} number */
const tallied = (state, number) => `${count(number)} ${(number > 1 && TALLY[state][1]) || TALLY[state][0]}`;
