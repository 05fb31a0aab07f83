// Small drawings in SVG. Lengths across are in per cent, so that a drawing is as wide as its place and its letters keep
// their size; colours are classes of console.css.

import { s } from "./dom.js";

/** @typedef {import("./dom.js").Attributes} Attributes */

/** @param {number} share */
const across = (share) => `${(100 * Math.min(Math.max(share, 0), 1)).toFixed(2)}%`;

/** An upper end for an axis of shares that holds all of them: a round number. @param {number} highest */
export function roundUp(highest) {
  return [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8].find((end) => highest <= end) ?? 1;
}

/**
 * A bar with its interval as a whisker, and the limit as a broken line. The same figures stand beside it as text.
 *
 * @param {{value: number | null, interval: Bounds | null, limit: number, end: number, state: Level}} what
 */
export function bar({ value, interval, limit, end, state }) {
  const at = (/** @type {number} */ share) => across(share / end);
  const marks = [s("line", { class: "axis", x1: "0%", x2: "100%", y1: 17.5, y2: 17.5 })];
  if (value !== null) marks.push(s("rect", { class: `bar ${state}`, x: 0, y: 4, width: at(value), height: 10 }));
  if (limit > 0 && limit <= end) marks.push(s("line", { class: "limit", x1: at(limit), x2: at(limit), y1: 0, y2: 18 }));
  if (value !== null && interval) marks.push(...whisker(at(interval[0]), at(interval[1]), 9));
  return s("svg", { class: "bar-chart", height: 18, "aria-hidden": "true" }, marks);
}

/** The axis of a column of bars: where it begins, its limit, where it ends. @param {{end: number, limit?: number}} what */
export function scale({ end, limit = 0 }) {
  const ticks = [0, end, ...(limit > 0.15 * end && limit < 0.85 * end ? [limit] : [])];
  return s(
    "svg",
    { class: "bar-chart", height: 14, "aria-hidden": "true" },
    ticks.map((tick) => label(tick / end, 11, `${Math.round(100 * tick)}%`)),
  );
}

/** @param {string} low @param {string} high @param {number} y */
const whisker = (low, high, y) => [
  s("line", { class: "whisker", x1: low, x2: high, y1: y, y2: y }),
  s("line", { class: "whisker", x1: low, x2: low, y1: y - 3, y2: y + 3 }),
  s("line", { class: "whisker", x1: high, x2: high, y1: y - 3, y2: y + 3 }),
];

/**
 * A line over time; a null is a gap. The same course is told in words by its title.
 *
 * @param {{points: [place: number, value: number | null][], start?: number, end: number, limit?: number, title: string}} what
 *     Places are in 0 to 1.
 */
export function sparkline({ points, start = 0, end, limit, title }) {
  const [width, height] = [100, 22];
  const across100 = (/** @type {number} */ place) => (place * width).toFixed(1);
  const up = (/** @type {number} */ value) => (height - 1 - ((Math.min(value, end) - start) / (end - start)) * (height - 2)).toFixed(1);
  let pen = "M";
  const path = points.map(([place, value]) => {
    if (value === null) {
      pen = "M";
      return "";
    }
    const step = `${pen}${across100(place)} ${up(value)}${pen === "M" ? "h0.01" : ""}`; // a lone point is a dot
    pen = "L";
    return step;
  });
  return s(
    "svg",
    { class: "sparkline", viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", role: "img" },
    s("title", {}, title),
    limit !== undefined && limit <= end && s("line", { class: "limit", x1: 0, x2: width, y1: up(limit), y2: up(limit) }),
    s("path", { class: "curve", d: path.join("") }),
  );
}

/**
 * How often each confidence was given: `bins` of equal width over 0 to 1, with marks at figures of interest.
 *
 * @param {{bins: number[], marks: {at: number, name: string, line: string}[], title: string, description: string}} what
 */
export function histogram({ bins, marks, title, description }) {
  const [top, foot] = [36, 232];
  const highest = Math.max(...bins, 1);
  const tall = (/** @type {number} */ number) => (number ? Math.max((number / highest) * (foot - top), 1) : 0);
  const width = 1 / bins.length;
  return s(
    "svg",
    { class: "histogram", height: foot + 20, role: "img", "aria-labelledby": "histogram-title histogram-text" },
    s("title", { id: "histogram-title" }, title),
    s("desc", { id: "histogram-text" }, description),
    bins.map((number, bin) =>
      s("rect", { class: "bar", x: across(bin * width), width: across(width * 0.84), y: foot - tall(number), height: tall(number) }),
    ),
    s("line", { class: "axis", x1: "0%", x2: "100%", y1: foot + 0.5, y2: foot + 0.5 }),
    [0, 0.2, 0.4, 0.6, 0.8, 1].map((tick) => label(tick, foot + 15, tick.toFixed(1))),
    marks.map(({ at, name, line }, row) => [
      s("line", { class: line, x1: across(at), x2: across(at), y1: 16 * row + 2, y2: foot }),
      s("text", { class: "value", x: across(at), dx: at > 0.5 ? -5 : 5, y: 16 * row + 11, "text-anchor": at > 0.5 ? "end" : "start" }, name),
    ]),
  );
}

/** @param {number} at @param {number} y @param {string} text */
const label = (at, y, text) =>
  s("text", { class: "label", x: across(at), y, "text-anchor": at === 0 ? "start" : at === 1 ? "end" : "middle" }, text);

/**
 * One shape per state, so that none is told by its colour alone.
 *
 * @type {Record<Level, [name: string, attributes: Attributes][]>}
 */
const SHAPES = {
  page: [["path", { class: "shape", d: "M5 1h6l4 4v6l-4 4H5l-4-4V5z" }], ["path", { class: "sign", d: "M8 4.5v4M8 11v.5" }]],
  warning: [["path", { class: "shape", d: "M8 1.2 15.2 14.5H.8z" }], ["path", { class: "sign", d: "M8 6v4M8 12v.3" }]],
  held: [["path", { class: "hollow", d: "M8 2 14.4 13.8H1.6z" }]],
  ok: [["circle", { class: "shape", cx: 8, cy: 8, r: 7 }], ["path", { class: "sign", d: "M4.8 8.2l2.2 2.3 4.2-4.8" }]],
  nothing: [["path", { class: "hollow", d: "M3 8h10" }]],
  not_enough_data: [["circle", { class: "hollow broken", cx: 8, cy: 8, r: 6.2 }]],
};

/** @param {Level} state */
export const symbol = (state) =>
  s("svg", { class: "symbol", viewBox: "0 0 16 16", width: 14, height: 14, "aria-hidden": "true" },
    (SHAPES[state] ?? SHAPES.not_enough_data).map(([name, attributes]) => s(name, attributes)));
