// What the sections ask of the readings: which figure to show, and in what words.

import { capital, counts, count, figure, range, words } from "./format.js";

/** Worst first; the order of every table of readings. */
const RANKS = ["page", "warning", "held", "ok", "not_enough_data"];
export const STATES = {
  page: "Page",
  warning: "Warning",
  held: "Held open",
  ok: "No alarm",
  not_enough_data: "Not enough data",
};
const WINDOWS = { "1h": "1 hour", "24h": "24 hours", "7d": "7 days", all: "since training" };

export const windowWords = (name) => WINDOWS[name] ?? name;

/** A reading that is fine again while its alert is still held open has a state of its own. */
export const stateOf = (reading) => (reading.held && reading.state === "ok" ? "held" : reading.state);

export const rank = (state) => RANKS.indexOf(state);

export const known = (reading) => reading.state !== "not_enough_data" && reading.value !== null;

export const worst = (readings) =>
  readings.map(stateOf).reduce((one, other) => (rank(other) < rank(one) ? other : one), "not_enough_data");

/** The readings of a monitor in the window, or in the nearest one that it speaks of. */
export function speaking(readings, monitor, window) {
  const own = readings.filter((reading) => reading.monitor === monitor);
  const nearest = [window, "24h", "7d", "1h", "all"].find((name) => own.some((reading) => reading.window === name));
  return own.filter((reading) => reading.window === nearest);
}

const total = ({ counts: named, needed }) => (needed ? (named[needed.of] ?? 0) : Math.max(0, ...Object.values(named)));

/** The one with the highest score among those that have a figure; else the one that is nearest to having one. */
export function choose(readings, score) {
  const judged = readings.filter(known);
  const by = judged.length ? score : total;
  return (judged.length ? judged : readings).reduce((one, other) => (!one || by(other) > by(one) ? other : one), null);
}

/** Units and words come with the state, from the monitors themselves. */
export class Lexicon {
  constructor({ monitors, groups }) {
    this.monitors = monitors;
    this.groups = groups;
  }

  unit(monitor) {
    return this.monitors[monitor]?.unit ?? "number";
  }

  name(monitor) {
    return this.monitors[monitor]?.figure ?? capital(words(monitor));
  }

  /** "groceries, amounts under 100"; empty for a figure of all decisions. */
  subject({ category, group }) {
    return [category && words(category), group && (this.groups[group] ?? words(group))].filter(Boolean).join(", ");
  }

  value(reading) {
    return known(reading) ? figure(reading.value, this.unit(reading.monitor)) : "–";
  }

  /** "27.0 to 36.1%" */
  interval(reading) {
    if (!known(reading) || !reading.interval) return "";
    return range(reading.interval, this.unit(reading.monitor));
  }

  /** "above 25.0%"; where evidence decides, the gap that is let pass. */
  threshold(reading) {
    const { limit = "" } = this.monitors[reading.monitor] ?? {};
    const word = reading.evidence === null ? limit : "tolerance";
    return `${word} ${figure(reading.threshold, this.unit(reading.monitor))}`.trim();
  }
}

const NEEDED = {
  blind: "blind labels",
  others_blind: "blind labels of the others",
  others_decisions: "decisions of the others",
  decisions_before: "decisions before",
  reference: "decisions of the model's reference",
};

/** What was counted, in pieces, and what is missing where that is too little. */
export function base({ counts: named, needed }, inWords = counts) {
  const said = inWords(named);
  return needed ? [...said, `needs ${count(needed.least)} ${NEEDED[needed.of] ?? words(needed.of)}`] : said;
}
