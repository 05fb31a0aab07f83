// What the sections ask of the readings: which figure to show, and in what words.

import { capital, counts, count, figure, range, words } from "./format.js";

/** Worst first; the order of every table of readings. @type {Level[]} */
const RANKS = ["page", "warning", "held", "ok", "nothing", "not_enough_data"];

/** @type {Record<Level, string>} */
export const STATES = {
  page: "Page",
  warning: "Warning",
  held: "Held open",
  ok: "No alarm",
  nothing: "Nothing to judge",
  not_enough_data: "Not enough data",
};

/** @type {Record<string, string>} */
const WINDOWS = { "1h": "1 hour", "24h": "24 hours", "7d": "7 days", all: "since training" };

/** @param {string} name */
export const windowWords = (name) => WINDOWS[name] ?? name;

/**
 * A reading that is fine again while its alert is still held open has a state of its own, and so has a figure of nothing.
 *
 * @param {Reading} reading
 * @returns {Level}
 */
export function stateOf({ state, held, idle }) {
  if (state !== "ok") return state;
  return held ? "held" : idle ? "nothing" : "ok";
}

/** @param {Level} state */
export const rank = (state) => RANKS.indexOf(state);

/**
 * Whether there is a figure to show.
 *
 * @param {Reading} reading
 * @returns {reading is Reading & {value: number}}
 */
export const known = (reading) => reading.state !== "not_enough_data" && reading.value !== null;

/** @param {Reading[]} readings @returns {Level} */
export const worst = (readings) =>
  readings.map(stateOf).reduce((one, other) => (rank(other) < rank(one) ? other : one), "not_enough_data");

/**
 * The readings of a monitor in the window, or in the nearest one that it speaks of.
 *
 * @param {Reading[]} readings
 * @param {string} monitor
 * @param {string} window
 */
export function speaking(readings, monitor, window) {
  const own = readings.filter((reading) => reading.monitor === monitor);
  const nearest = [window, "24h", "7d", "1h", "all"].find((name) => own.some((reading) => reading.window === name));
  return own.filter((reading) => reading.window === nearest);
}

/** @param {Reading} reading */
const total = ({ counts: named, needed }) => (needed ? (named[needed.of] ?? 0) : Math.max(0, ...Object.values(named)));

/**
 * The one with the highest score among those that have a figure; else the one that is nearest to having one.
 *
 * @param {Reading[]} readings
 * @param {(reading: Reading) => number} score
 * @returns {Reading | null}
 */
export function choose(readings, score) {
  const judged = readings.filter(known);
  const by = judged.length ? score : total;
  return (judged.length ? judged : readings).reduce(
    (/** @type {Reading | null} */ one, other) => (!one || by(other) > by(one) ? other : one), null);
}

/**
 * What the sign of a difference means: [above zero, below zero].
 *
 * @type {Record<string, [string, string]>}
 */
const SIDES = {
  amount_parity: ["worse", "better"],
  category_parity: ["worse", "better"],
  review_parity: ["higher", "lower"],
  sure_parity: ["higher", "lower"],
  review_rise: ["higher", "lower"],
  confidence_change: ["lower", "higher"],
};

/** Units and words come with the state, from the monitors themselves. */
export class Lexicon {
  /** @param {ConsoleState} state */
  constructor({ monitors, groups }) {
    this.monitors = monitors;
    this.groups = groups;
  }

  /** @param {string} monitor @returns {Unit} */
  unit(monitor) {
    return this.monitors[monitor]?.unit ?? "number";
  }

  /** @param {string} monitor */
  name(monitor) {
    return this.monitors[monitor]?.figure ?? capital(words(monitor));
  }

  /** A band, method or category in words. @param {string} name */
  group(name) {
    return this.groups[name] ?? words(name);
  }

  /** "groceries, small amounts"; empty for a figure of all decisions. @param {Reading} reading */
  subject({ category, group }) {
    return [category && words(category), group && this.group(group)].filter(Boolean).join(", ");
  }

  /** "31.4%", or "2.4 points worse" where it is a difference. @param {Reading} reading */
  judged(reading) {
    if (!known(reading)) return "–";
    const [above, below] = SIDES[reading.monitor] ?? [];
    const text = figure(reading.value, this.unit(reading.monitor));
    if (!above || !/[1-9]/.test(text)) return text;
    return `${figure(Math.abs(reading.value), this.unit(reading.monitor))} ${reading.value > 0 ? above : below}`;
  }

  /** "27.0 to 36.1%", or "1.1 better to 16.8 points worse". @param {Reading} reading */
  interval(reading) {
    if (!known(reading) || !reading.interval) return "";
    const unit = this.unit(reading.monitor);
    const [above, below] = SIDES[reading.monitor] ?? [];
    const [low, high] = reading.interval;
    if (!above) return range([low, high], unit);
    if (low >= 0) return `${range([low, high], unit)} ${above}`;
    if (high <= 0) return `${range([-high, -low], unit)} ${below}`;
    const [least, ...rest] = range([-low, high], unit).split(" to ");
    return `${least} ${below} to ${rest.join(" to ")} ${above}`;
  }

  /** "above 25.0%"; where evidence decides, the gap that is let pass. @param {Reading} reading */
  threshold(reading) {
    const { limit = "" } = this.monitors[reading.monitor] ?? {};
    const word = reading.evidence === null ? limit : "tolerance";
    return `${word} ${figure(reading.threshold, this.unit(reading.monitor))}`.trim();
  }
}

/** @type {Record<string, string>} */
const NEEDED = {
  blind: "blind labels",
  others_blind: "blind labels of the others",
  others_decisions: "decisions of the others",
  decisions_before: "decisions before",
  reference: "decisions of the model's reference",
};

/** The name of a count that is too small. @param {string} name */
export const neededWords = (name) => NEEDED[name] ?? words(name);

/**
 * What was counted, in pieces, and what is missing where that is too little.
 *
 * @param {Pick<Reading, "counts"> & Partial<Pick<Reading, "needed">>} reading
 * @returns {string[]}
 */
export function base({ counts: named, needed }, inWords = counts) {
  const said = inWords(named);
  return needed ? [...said, `needs ${count(needed.least)} ${neededWords(needed.of)}`] : said;
}
