// Figures and times as text. Shares have one decimal; times are in UTC, as event time is.

const whole = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });
const long = new Intl.NumberFormat("en-GB", { notation: "compact", compactDisplay: "long", maximumSignificantDigits: 2 });

export const count = (number) => whole.format(number);

/** A true minus sign, and none before a zero. */
const minus = (text) => (/^-[0.]*$/.test(text) ? text.slice(1) : text.replace("-", "\u2212"));
const percent = (value, digits = 1) => minus((100 * value).toFixed(digits));
/** Shares below one per cent need a digit more to say anything. */
const finely = (...values) => (values.some((value) => Math.abs(value) >= 0.01 || value === 0) ? 1 : 2);
const plain = (value) => minus(value.toFixed(3));

// How the numbers of a figure are written, by the unit that its monitor names; a suffix closes a range only once.
const each = (write) => (values) => values.map(write);
const UNITS = {
  share: { write: (values) => values.map((value) => percent(value, finely(...values))), suffix: "%" },
  points: { write: each((value) => percent(value)), suffix: " points" },
  number: { write: each(plain), suffix: "" },
  days: { write: each(count), suffix: " days", one: " day" },
  whole: { write: each(count), suffix: "" },
};
export const UNIT_NAMES = Object.keys(UNITS);

/** A rise with its sign: "+3.1 points". */
export function signed(value, unit) {
  const text = figure(value, unit);
  return value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

export function figure(value, unit) {
  const { write, suffix, one = suffix } = UNITS[unit] ?? UNITS.number;
  const [text] = write([value]);
  return `${text}${text === "1" ? one : suffix}`;
}

/** "27.0 to 36.1%" */
export function range(bounds, unit) {
  const { write, suffix } = UNITS[unit] ?? UNITS.number;
  return `${write(bounds).join(" to ")}${suffix}`;
}

// Counts that belong together: [part, whole, wording], and parts of all decisions or records. What is in none of them
// is said by its name.
const PAIRS = [
  ["right", "labels", (part, all) => `${part} of ${all} labels right`],
  ["others_right", "others", (part, all) => `others ${part} of ${all}`],
  ["others_review", "others_decisions", (part, all) => `others ${part} of ${all}`],
  ["review_before", "decisions_before", (part, all) => `before ${part} of ${all}`],
  ["blind_wrong", "blind", (part, all) => `blind: ${part} of ${all} wrong`],
  ["others_blind_wrong", "others_blind", (part, all) => `others ${part} of ${all}`],
];
const PARTS = {
  review: "to review",
  voted: "with a vote",
  abstained: "without a vote",
  unknown: "on unknown merchants",
  below: "below the limit",
  dead_letters: "that could not be read",
};

/** "393 of 1,251 decisions to review": a piece for each pair, and one for each count that has no other half. */
export function counts(named) {
  const left = new Map(Object.entries(named));
  const said = [];
  for (const [part, all, wording] of PAIRS) {
    if (!left.has(part) || !left.has(all)) continue;
    said.push(wording(count(left.get(part)), count(left.get(all))));
    left.delete(part);
    left.delete(all);
  }
  const all = ["decisions", "records"].find((name) => left.has(name));
  const part = Object.keys(PARTS).find((name) => left.has(name));
  if (all && part) {
    said.unshift(`${count(left.get(part))} of ${count(left.get(all))} ${all} ${PARTS[part]}`);
    left.delete(part);
    left.delete(all);
  }
  return [...said, ...[...left].map(([name, number]) => `${count(number)} ${words(name)}`)];
}

export const words = (name) => name.replaceAll("_", " ");

export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** Evidence comes as its decimal logarithm: "1.6 million". */
export function evidence(log10) {
  if (log10 < 0) return "below 1";
  return log10 >= 9 ? "over 1 billion" : long.format(10 ** log10);
}

const HOUR_MINUTE = { hour: "2-digit", minute: "2-digit", timeZone: "UTC" };
const DAY = { day: "numeric", month: "short", timeZone: "UTC" };
const text = (date, options) => new Intl.DateTimeFormat("en-GB", options).format(date);

const day = (moment) => new Date(moment).toISOString().slice(0, 10);

/** "14:03", with its day where that is not the day of `beside`. */
function clock(moment, beside) {
  const date = new Date(moment);
  const reference = new Date(beside);
  const time = text(date, HOUR_MINUTE);
  if (day(moment) === day(beside)) return time;
  const year = date.getUTCFullYear() === reference.getUTCFullYear() ? {} : { year: "numeric" };
  return `${text(date, { ...DAY, ...year })} ${time}`;
}

/** "14:03 UTC" or "21 Nov 14:03 UTC" */
export const time = (moment, now) => `${clock(moment, now)} UTC`;

/** "13:05 to 14:05 UTC" or "20 Nov 14:05 to 21 Nov 14:05 UTC" */
export const between = (start, end, now) =>
  `${clock(start, now)} to ${day(start) === day(end) ? clock(end, now) : clock(end, start)} UTC`;

/** "2 h 12 min" from one moment to another, in its two largest units. */
export function duration(start, end) {
  const minutes = Math.max(0, Math.floor((new Date(end) - new Date(start)) / 60_000));
  const parts = [[Math.floor(minutes / 1440), "d"], [Math.floor(minutes / 60) % 24, "h"], [minutes % 60, "min"]];
  const first = parts.findIndex(([number]) => number > 0);
  if (first < 0) return "less than a minute";
  return parts.slice(first, first + 2).filter(([number]) => number > 0).map((part) => part.join(" ")).join(" ");
}
