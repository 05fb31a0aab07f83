// The key figures: each a figure, its course, and one line of interval and counts that opens to the rest.

import { sparkline } from "./charts.js";
import { h, show } from "./dom.js";
import { count, evidence, figure, range } from "./format.js";
import { STATES, base, choose, known, rank, speaking, stateOf, windowWords, worst } from "./readings.js";
import { byId, chip, pieces } from "./parts.js";

/** @typedef {import("./readings.js").Lexicon} Lexicon */

/**
 * @typedef {object} Tile
 * @property {string} title
 * @property {string} monitor
 * @property {(reading: Reading) => boolean} [applies] Which of its readings; all where it is left out.
 * @property {(reading: Reading) => number} score Of these, the one with the highest score is shown.
 * @property {string} what The figure in words.
 * @property {[series: string, unit: Unit, name: string, about?: string]} [course] What is drawn, with what it is where that
 *     is not the figure itself.
 */

/** @param {Reading} reading */
const largest = ({ value }) => value ?? 0;
/** @param {Reading} reading */
const lowest = ({ value }) => -(value ?? 0);
/** @param {Reading} reading */
const overall = ({ category, group }) => !category && !group;

/** @type {Tile[]} */
const TILES = [
  { title: "Amount disparity", monitor: "amount_parity", score: largest, what: "largest gap of accuracy" },
  { title: "Category disparity", monitor: "category_parity", score: largest, what: "largest gap of recall" },
  { title: "Minority recall", monitor: "minority_recall", score: lowest, what: "rare categories together" },
  { title: "Review rate", monitor: "review_rate", applies: overall, score: largest, what: "of all decisions", course: ["review_share", "share", "Review rate"] },
  { title: "Median confidence", monitor: "confidence_median", applies: overall, score: lowest, what: "of all decisions", course: ["median_confidence", "number", "Median confidence"] },
  { title: "LLM share", monitor: "method_usage", applies: ({ group }) => group === "llm", score: largest, what: "decisions with a vote of the LLM", course: ["llm_share", "share", "LLM share"] },
  { title: "Corrections", monitor: "corrections", score: largest, what: "since the model was first seen", course: ["corrections", "whole", "Corrections", "an hour"] },
  { title: "Model age", monitor: "model_age", score: largest, what: "since training" },
];

/** Monitors that compare groups: their largest gap is the worst only if no group has too few labels. */
const GAPS = new Set(["amount_parity", "category_parity"]);

/** @param {ConsoleState} state @param {string} window @param {Lexicon} lexicon */
export function showTiles(state, window, lexicon) {
  show(byId("tiles"), TILES.map((tile) => tileItem(tile, state, window, lexicon)));
}

/** @param {Tile} tile @param {ConsoleState} state @param {string} window @param {Lexicon} lexicon */
function tileItem({ title, monitor, applies = () => true, score, what, course }, state, window, lexicon) {
  const own = state.readings.filter((reading) => reading.monitor === monitor && applies(reading));
  const readings = speaking(own, monitor, window);
  const silent = GAPS.has(monitor) ? readings.filter((reading) => !known(reading)) : [];
  const chosen = choose(readings, score);
  // Where some groups cannot be judged, a group that is better than the rest says nothing of the largest gap.
  const hidden = silent.length > 0 && chosen !== null && (chosen.value ?? 0) <= 0;
  const reading = chosen && known(chosen) && !hidden ? chosen : null;
  const level = hidden ? "not_enough_data" : worst(readings);
  return h(
    "li",
    { class: `tile ${level}`, "data-key": title },
    h("div", { class: "tile-top" }, h("h3", {}, title), reading && level !== "not_enough_data" && chip(level)),
    h("p", { class: "value" }, reading ? lexicon.judged(reading) : chip("not_enough_data")),
    reading && drawn(course ?? accuracy(reading, lexicon), state.sparks, window),
    h("p", { class: "rest what" }, [what, subject(reading, lexicon)].filter(Boolean).join(": ")),
    tooFew(silent, readings.length, chosen, lexicon),
    chosen ? line(chosen, state, lexicon, reading === null) : h("p", { class: "rest" }, "nothing counted yet"),
    elsewhere(own, level),
  );
}

/** @param {Reading | null} reading @param {Lexicon} lexicon */
const subject = (reading, lexicon) => reading && reading.group !== "llm" && lexicon.subject(reading);

/** @param {Reading | null} reading @param {Lexicon} lexicon @returns {Tile["course"]} */
const accuracy = (reading, lexicon) =>
  reading?.monitor === "amount_parity" && reading.group ? [`accuracy:${reading.group}`, "share", `Accuracy of ${lexicon.subject(reading)}`, "accuracy"] : undefined;

/** Groups that are named before the rest is only counted. */
const NAMED = 2;

/**
 * Which groups the largest gap does not know of.
 *
 * @param {Reading[]} silent
 * @param {number} all How many there are, with those that are judged.
 * @param {Reading | null} chosen
 * @param {Lexicon} lexicon
 */
function tooFew(silent, all, chosen, lexicon) {
  const names = chosen?.too_few ?? silent.map(({ group, category }) => group ?? category ?? "");
  if (!names.length || !silent.length) return null;
  const lack = (/** @type {string} */ name) => {
    const needed = silent.find(({ group, category }) => (group ?? category) === name);
    const said = lexicon.group(name);
    return needed?.needed ? `${said} (${count(needed.counts[needed.needed.of] ?? 0)} of ${count(needed.needed.least)})` : said;
  };
  const rest = names.length - NAMED;
  const groups = silent[0].group ? "amount bands" : "categories";
  const named = silent.length === all && all > 1 ? `all ${count(all)} ${groups}` : rest > 1 ? `${count(names.length)} ${groups}` : names.map(lack).join(", ");
  return h("p", { class: "rest few" }, `too few labels: ${named}`);
}

/**
 * Interval and counts on one line, which opens to all counts, the limit, and what evidence is.
 *
 * @param {Reading} reading
 * @param {ConsoleState} state
 * @param {Lexicon} lexicon
 * @param {boolean} other It is not the figure above it, which is not known.
 */
function line(reading, { limits }, lexicon, other) {
  const said = "days" in reading.counts ? [] : base(reading); // an age is no share of anything
  const period = reading.window === "all" ? [] : [windowWords(reading.window)];
  const limit = [...period, reading.evidence === null ? `alarms ${lexicon.threshold(reading)}` : lexicon.threshold(reading)].join("; ");
  const bounds = known(reading) && reading.interval !== null && `${Math.round(100 * reading.level)}% interval ${lexicon.interval(reading)}`;
  const figures = [bounds, said[0], !known(reading) && said.length > 1 && said[said.length - 1]].filter(Boolean).join("; ");
  const brief = other && known(reading) ? `${lexicon.subject(reading)}: ${lexicon.judged(reading)} than the others` : figures;
  if (!brief) return h("p", { class: "rest" }, limit);
  return h("details", { class: "line" },
    h("summary", {}, h("span", {}, brief)),
    brief !== figures && h("p", { class: "rest" }, figures),
    said.length > 1 && h("p", { class: "rest" }, pieces(reading)),
    h("p", { class: "rest" }, limit),
    reading.evidence !== null && weighed(reading.evidence, limits),
  );
}

/** @param {number} weight @param {ConsoleState["limits"]} limits */
const weighed = (weight, limits) =>
  h("p", { class: "rest" },
    `Evidence ${evidence(weight)}; warns from ${count(limits.warn_evidence)}, pages from ${count(limits.page_evidence)}. `,
    "Evidence says how sure it is that the gap exceeds the tolerance, not how large it is: where the gap does not, a",
    ` warning comes at most once in ${count(limits.warn_evidence)} compared pairs on average.`);

/** Hours that a course is drawn over; an hour has no course, so the day around it is drawn. */
const HOURS = /** @type {Record<string, number>} */ ({ "1h": 24, "24h": 24, "7d": 168 });

/** @param {Tile["course"]} course @param {Sparks} sparks @param {string} window */
function drawn(course, sparks, window) {
  const points = course && sparks.series[course[0]];
  if (!course || !points) return null;
  const hours = HOURS[window] ?? 24;
  const first = Math.max(0, sparks.hours - hours);
  const seen = points.filter(([hour]) => hour >= first);
  if (seen.length < 2) return null;
  const values = seen.map(([, value]) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const [, unit, name, about] = course;
  const room = (high - low || Math.abs(high) || 1) * 0.1;
  const period = hours > 24 ? "7 days" : "24 hours";
  const title = `${name} by hour over ${period}: ${figure(values[0], unit)} at first, ${figure(values[values.length - 1], unit)} at last, ${range([low, high], unit)}`;
  return h("div", { class: "course" },
    sparkline({ points: gaps(seen, first, hours), start: low - room, end: high + room, title }),
    h("p", { class: "rest" }, `${about ? `${about}, ` : ""}${period}: ${figure(low, unit) === figure(high, unit) ? figure(low, unit) : range([low, high], unit)}`),
  );
}

/**
 * Points at their places, with a gap where hours are missing.
 *
 * @param {[number, number][]} points
 * @param {number} first
 * @param {number} hours
 */
function gaps(points, first, hours) {
  const byHour = new Map(points);
  return Array.from({ length: hours }, (_, at) => /** @type {[number, number | null]} */ ([at / (hours - 1), byHour.get(first + at) ?? null]));
}

/** A longer or shorter window may be worse than the one that is looked at. @param {Reading[]} readings @param {Level} level */
function elsewhere(readings, level) {
  const other = worst(readings);
  if (rank(other) >= rank(level) || rank(other) > rank("held")) return null;
  const where = readings.filter((reading) => stateOf(reading) === other).map((reading) => windowWords(reading.window));
  return h("p", { class: "elsewhere" }, chip(other, `${STATES[other]} over ${[...new Set(where)].join(", ")}`));
}
