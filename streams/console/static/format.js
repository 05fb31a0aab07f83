// Figures and times as text. Shares have one decimal; times are in UTC, as event time is.

const whole = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });
const long = new Intl.NumberFormat("en-GB", { notation: "compact", compactDisplay: "long", maximumSignificantDigits: 2 });

/** @param {number} number */
export const count = (number) => whole.format(number);

/** A true minus sign, and none before a zero. @param {string} text */
const minus = (text) => (/^-[0.]*$/.test(text) ? text.slice(1) : text.replace("-", "\u2212"));
/** @param {number} value */
const percent = (value, digits = 1) => minus((100 * value).toFixed(digits));
/** Shares below one per cent need a digit more to say anything. @param {number[]} values */
const finely = (...values) => (values.some((value) => Math.abs(value) >= 0.01 || value === 0) ? 1 : 2);
/** @param {number} value */
const plain = (value) => minus(value.toFixed(3));

/** @param {(value: number) => string} write @returns {(values: number[]) => string[]} */
const each = (write) => (values) => values.map((value) => write(value));

/**
 * How the numbers of a figure are written, by the unit that its monitor names; a suffix closes a range only once.
 *
 * @type {Record<Unit, {write: (values: number[]) => string[], suffix: string, one?: string}>}
 */
const UNITS = {
  share: { write: (values) => values.map((value) => percent(value, finely(...values))), suffix: "%" },
  points: { write: each((value) => percent(value)), suffix: " points" },
  number: { write: each(plain), suffix: "" },
  days: { write: each(count), suffix: " days", one: " day" },
  whole: { write: each(count), suffix: "" },
};

/** For the tests, which compare them with the monitors' own. */
export const UNIT_NAMES = Object.keys(UNITS);

/** A rise with its sign: "+3.1 points". @param {number} value @param {Unit} unit */
export function signed(value, unit) {
  const text = figure(value, unit);
  return value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

/** @param {number} value @param {Unit} unit */
export function figure(value, unit) {
  const { write, suffix, one = suffix } = UNITS[unit] ?? UNITS.number;
  const [text] = write([value]);
  return `${text}${text === "1" ? one : suffix}`;
}

/** "27.0 to 36.1%" @param {Bounds} bounds @param {Unit} unit */
export function range(bounds, unit) {
  const { write, suffix } = UNITS[unit] ?? UNITS.number;
  return `${write(bounds).join(" to ")}${suffix}`;
}

/**
 * Counts that belong together: [part, whole, wording]. What is in none of them, nor in `PARTS`, is said by its name.
 *
 * @type {[part: string, whole: string, wording: (part: string, all: string) => string][]}
 */
const PAIRS = [
  ["right", "labels", (part, all) => `${part} of ${all} labels right`],
  ["others_right", "others", (part, all) => `others ${part} of ${all}`],
  ["others_review", "others_decisions", (part, all) => `others ${part} of ${all}`],
  ["review_before", "decisions_before", (part, all) => `before ${part} of ${all}`],
  ["blind_wrong", "blind", (part, all) => `blind: ${part} of ${all} wrong`],
  ["others_blind_wrong", "others_blind", (part, all) => `others ${part} of ${all}`],
];
/** Parts of all decisions or records. @type {Record<string, string>} */
const PARTS = {
  review: "to review",
  voted: "with a vote",
  abstained: "without a vote",
  unknown: "on unknown merchants",
  below: "below the limit",
  dead_letters: "that could not be read",
};

/**
 * "393 of 1,251 decisions to review": a piece for each pair, and one for each count that has no other half.
 *
 * @param {Counts} named
 */
export function counts(named) {
  const left = new Map(Object.entries(named));
  /** @param {string} name */
  const taken = (name) => {
    const number = left.get(name) ?? 0;
    left.delete(name);
    return count(number);
  };
  const said = PAIRS.filter(([part, all]) => left.has(part) && left.has(all)).map(([part, all, wording]) => wording(taken(part), taken(all)));
  const all = ["decisions", "records"].find((name) => left.has(name));
  const part = Object.keys(PARTS).find((name) => left.has(name));
  if (all && part) {
    said.unshift(`${taken(part)} of ${taken(all)} ${all} ${PARTS[part]}`);
  }
  return [...said, ...[...left].map(([name, number]) => `${count(number)} ${words(name)}`)];
}

/** @param {string} name */
export const words = (name) => name.replaceAll("_", " ");

/** @param {string} text */
export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** Evidence comes as its decimal logarithm: "1.6 million". @param {number} log10 */
export function evidence(log10) {
  if (log10 < 0) return "below 1";
  return log10 >= 9 ? "over 1 billion" : long.format(10 ** log10);
}

/** @type {Intl.DateTimeFormatOptions} */
const HOUR_MINUTE = { hour: "2-digit", minute: "2-digit", timeZone: "UTC" };
/** @type {Intl.DateTimeFormatOptions} */
const DAY = { day: "numeric", month: "short", timeZone: "UTC" };
/** @param {Date} date @param {Intl.DateTimeFormatOptions} options */
const text = (date, options) => new Intl.DateTimeFormat("en-GB", options).format(date);

/** @param {string} moment */
const day = (moment) => new Date(moment).toISOString().slice(0, 10);

/** "14:03", with its day where that is not the day of `beside`. @param {string} moment @param {string} beside */
function clock(moment, beside) {
  const date = new Date(moment);
  const reference = new Date(beside);
  const time = text(date, HOUR_MINUTE);
  if (day(moment) === day(beside)) return time;
  /** @type {Intl.DateTimeFormatOptions} */
  const year = date.getUTCFullYear() === reference.getUTCFullYear() ? {} : { year: "numeric" };
  return `${text(date, { ...DAY, ...year })} ${time}`;
}

/** "14:03 UTC" or "21 Nov 14:03 UTC" @param {string} moment @param {string} now */
export const time = (moment, now) => `${clock(moment, now)} UTC`;

/**
 * "13:05 to 14:05 UTC" or "20 Nov 14:05 to 21 Nov 14:05 UTC"
 *
 * @param {string} start
 * @param {string} end
 * @param {string} now
 */
export const between = (start, end, now) =>
  `${clock(start, now)} to ${day(start) === day(end) ? clock(end, now) : clock(end, start)} UTC`;

/** "2 h 12 min" from one moment to another, in its two largest units. @param {string} start @param {string} end */
export const duration = (start, end) => inUnits(Math.floor((Date.parse(end) - Date.parse(start)) / 60_000)) || "less than a minute";

/** Seconds are told in steps, so that a page that counts them is not restless. */
const STEP_S = 15;

/** "45 s" or "4 min" of so many seconds. @param {number} seconds */
export function span(seconds) {
  const short = Math.floor(seconds / STEP_S) * STEP_S;
  return inUnits(Math.floor(seconds / 60)) || (short > 0 ? `${short} s` : `less than ${STEP_S} s`);
}

/** Minutes of 365 days. */
const YEAR = 525_600;

/** @param {number} minutes */
function inUnits(minutes) {
  /** @type {[number, string][]} */
  const parts = [[Math.floor(minutes / YEAR), "y"], [Math.floor((minutes % YEAR) / 1440), "d"], [Math.floor(minutes / 60) % 24, "h"], [minutes % 60, "min"]];
  const first = parts.findIndex(([number]) => number > 0);
  if (first < 0) return "";
  return parts.slice(first, first + 2).filter(([number]) => number > 0).map((part) => part.join(" ")).join(" ");
}
