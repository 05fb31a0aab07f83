// Whether the figures can be believed: how fresh they are, who reports, and which monitors judge at all.

import { count, duration, span, time } from "./format.js";
import { neededWords, stateOf } from "./readings.js";

/** Seconds without a worker's report, while transactions wait, after which the page says so: under a minute in all. */
const QUIET_WAITING_S = 45;
/** Seconds without any report after which the page says so, whether or not transactions wait. */
const QUIET_S = 300;
/** Seconds of work at the present rate that may wait. */
const BACKLOG_S = 60;
/** Records that may wait, however slow the stream is: a batch or two. */
const BACKLOG = 1_000;

/** Gaps between groups are what the page is for: without all of these there is no tick. */
const FAIRNESS = ["amount_parity", "category_parity", "minority_recall", "review_parity", "sure_parity"];

/** @param {string | null} moment @param {number} now */
const seconds = (moment, now) => (moment === null ? Infinity : (now - Date.parse(moment)) / 1000);

/**
 * What is wrong with the figures, the worst first.
 *
 * @param {ConsoleState} state
 * @param {number} now The server's clock in milliseconds.
 * @returns {Concern[]}
 */
export function concerns(state, now) {
  // Where Kafka is silent nobody can report, and what waits is not known: its silence is the cause of both.
  const flow = state.kafka.answers ? [presence(state, now), backlog(state, now)] : [unanswered(state, now)];
  const found = [...flow, unalerted(state)];
  return found.filter((one) => one !== null).sort((a, b) => Number(b.level === "page") - Number(a.level === "page"));
}

/** @param {ConsoleState} state @param {number} now @returns {Concern} */
function unanswered({ kafka, at }, now) {
  const since = kafka.since === null ? "" : ` since ${time(kafka.since, at)} (${span(Math.max(0, seconds(kafka.since, now)))})`;
  return {
    key: "kafka",
    level: "page",
    brief: `Kafka does not answer${since}`,
    text: `Nothing is decided or observed${kafka.since === null ? "" : `: the figures below are of ${time(kafka.since, at)}`}. Does the broker run, and can it be reached from here? evenhand doctor says what is wrong.`,
    runbook: "monitor_stale",
  };
}

/** @param {ConsoleState} state @param {number} now @returns {Concern | null} */
function presence({ workers, newest }, now) {
  const { last_reported: last, waiting } = workers;
  const silent = seconds(last, now);
  const some = waiting !== null && waiting > 0;
  if (last === null && !some && newest === null) return null; // nothing has begun: the page says how to begin
  if (silent <= (some ? QUIET_WAITING_S : QUIET_S)) return null;
  const ago = last === null ? "" : span(silent);
  const said = last === null ? "no worker has reported" : `no worker has reported for ${ago}`;
  const wait = waiting === 1 ? "waits" : "wait";
  return {
    key: "presence",
    level: some ? "page" : "warning",
    brief: some ? `${said}, ${transactions(waiting, roughly)} ${wait}` : said,
    text: some
      ? `Nothing is decided while ${transactions(waiting)} ${wait}: the figures below do not hold what happens now. Is a worker running? Start one with: evenhand worker.`
      : `${waiting === null ? "How many transactions wait is not known." : "No transaction waits."} Either none is sent, or no worker runs: the figures below are of the past.`,
    runbook: "worker_down",
  };
}

/** @param {ConsoleState} state @param {number} now @returns {Concern | null} */
function backlog({ workers, per_second: rate }, now) {
  const { last_reported: last, waiting } = workers;
  if (waiting === null || waiting < BACKLOG || waiting <= BACKLOG_S * rate) return null;
  if (seconds(last, now) > QUIET_WAITING_S) return null; // said already, with its cause
  return {
    key: "backlog",
    level: "warning",
    brief: `${transactions(waiting, roughly)} wait`,
    text: `The workers, or this monitor, do not keep up: ${transactions(waiting)} wait${work(waiting, rate)}. The figures below are of the transactions before them.`,
    runbook: "lag",
  };
}

/**
 * A reading that alarms opens an alert in the same step: where the two disagree, one of them is wrong.
 *
 * @param {ConsoleState} state
 * @returns {Concern | null}
 */
function unalerted({ readings, alerts }) {
  const subject = (/** @type {Reading | OpenAlert} */ one) => JSON.stringify([one.monitor, one.category, one.group]);
  const open = new Set(alerts.map(subject));
  const alarming = readings.filter(({ state }) => state === "page" || state === "warning").map(subject);
  const number = new Set(alarming.filter((one) => !open.has(one))).size;
  if (!number) return null;
  return {
    key: "unalerted",
    level: "warning",
    brief: `${count(number)} ${number === 1 ? "figure alarms" : "figures alarm"} without an open alert`,
    text: "Figures and alerts do not agree, which is a fault of the monitor: believe the figures, and look at its log.",
    runbook: "",
  };
}

/** @param {number} records @param {number} rate */
const work = (records, rate) => (rate > 0 ? `, ${span(records / rate)} of work at the present rate` : "");

/** In two digits: the headline is read out whenever it changes. @param {number} number */
function roughly(number) {
  const round = Number(number.toPrecision(2));
  return round === number || number < 100 ? count(number) : `about ${count(round)}`;
}

/** @param {number} number */
const transactions = (number, told = count) => `${told(number)} ${number === 1 ? "transaction" : "transactions"}`;

/**
 * What the figures are worth: every gap between amounts is judged, or some are not, or nothing is.
 *
 * @param {ConsoleState} state
 * @returns {"all" | "some" | "none"}
 */
export function extent(state) {
  if (!state.judged.judging) return "none";
  const silent = state.judged.silent.some(({ monitor }) => FAIRNESS.includes(monitor));
  return silent || unjudgedBands(state).length ? "some" : "all";
}

/** Amount bands that a monitor which judges others cannot judge. @param {ConsoleState} state */
export const unjudgedBands = (state) =>
  [...new Set(["amount_parity", "review_parity"].flatMap((monitor) => unjudged(state, monitor)))];

/**
 * Groups of a monitor that have too few cases in every window, where it judges others.
 *
 * @param {ConsoleState} state
 * @param {string} monitor
 */
export function unjudged({ readings }, monitor) {
  const own = readings.filter((reading) => reading.monitor === monitor);
  const named = own.map((reading) => ({ name: reading.group ?? reading.category ?? "", judged: reading.state !== "not_enough_data" }));
  const judged = new Set(named.filter((one) => one.judged).map(({ name }) => name));
  return judged.size ? [...new Set(named.map(({ name }) => name).filter((name) => !judged.has(name)))] : [];
}

/**
 * The shortest window in which as many monitors judge as in any.
 *
 * @param {ConsoleState} state
 * @param {string[]} names Of the windows, the shortest first.
 */
export function mostJudged({ readings }, names) {
  const judging = names.map((name) => new Set(readings.filter((one) => one.window === name && judges(one)).map(({ monitor }) => monitor)).size);
  return judging.indexOf(Math.max(...judging));
}

/** @param {Reading} reading */
const judges = (reading) => !["nothing", "not_enough_data"].includes(stateOf(reading));

/** "3 of 17 monitors judge". @param {ConsoleState} state */
export const judging = ({ judged }) =>
  judged.judging ? `${judged.judging} of ${judged.monitors} monitors judge` : `none of ${judged.monitors} monitors judges`;

/** Why monitors are silent, and what makes them speak; in the order in which one needs the other. */
const REASONS = {
  no_traffic: { why: "no decision counted", next: "Start a worker (evenhand worker) and send transactions (evenhand replay -i FILE, or your own producer)." },
  no_labels: { why: "no labels in 7 days", next: "People answer the review requests, the blind ones too; the answers go to the topic transactions.corrections." },
  no_probes: { why: "not measured: no probes in 7 days", next: "Set EVENHAND_PROBE_SHARE on the workers above 0; a small share of the decisions is then compared with those on twins." },
  too_few: { why: "too few cases", next: "They come with time: what is counted stands beside what is needed." },
  nothing: { why: "nothing to judge", next: "They judge once there is something: corrections that people make, votes of an LLM where one is configured." },
  no_reference: { why: "nothing to compare with", next: "The model does not say how confident it was when it was trained: evenhand reference, or train again." },
};

/**
 * The silent monitors by their reason: [reason, what to do next, its monitors].
 *
 * @param {ConsoleState} state
 * @returns {{why: string, next: string, silent: Silence[]}[]}
 */
export function silences({ judged }) {
  const reasons = /** @type {Silence["why"][]} */ (Object.keys(REASONS));
  return reasons
    .map((reason) => ({ ...REASONS[reason], silent: judged.silent.filter(({ why }) => why === reason) }))
    .filter(({ silent }) => silent.length > 0);
}

/** "12 of 30 blind labels". @param {Silence} silence */
export const lacking = ({ of, have, least }) => (least > 0 ? `${count(have)} of ${count(least)} ${neededWords(of)}` : "");

/** "last reported 45 s ago". @param {ConsoleState} state @param {number} now */
export const lastReport = ({ workers }, now) =>
  workers.last_reported === null ? "none has reported" : `last reported ${span(Math.max(0, seconds(workers.last_reported, now)))} ago`;

/** @param {ConsoleState} state @param {number} now */
export const lastLabel = ({ judged }, now) =>
  judged.last_label === null ? "no label in 7 days" : `${count(judged.labels)} in 7 days, the last ${duration(judged.last_label, new Date(now).toISOString())} ago`;
