// The top of the page: what is open now, what that is worth, and what keeps the figures from being fresh.

import { symbol } from "./charts.js";
import { h, show } from "./dom.js";
import { count, duration, time, words } from "./format.js";
import { concerns, extent, judging, lacking, lastLabel, lastReport, silences, unjudged, unjudgedBands } from "./health.js";
import { byId, moment, runbookLink } from "./parts.js";

/**
 * Why figures cannot be shown, or are no longer heard.
 *
 * @typedef {{key: string, headline: string, text: string, runbook: string}} Trouble
 */

/**
 * Headline, banners and facts. Without a state there is only the trouble.
 *
 * @param {ConsoleState | null} state
 * @param {number} now The server's clock in milliseconds.
 * @param {Trouble | null} trouble
 */
export function showNow(state, now, trouble) {
  const found = state ? concerns(state, now) : [];
  const { level, text } = headline(state, found, trouble);
  const overall = byId("overall");
  overall.className = `overall ${level}`;
  show(overall, symbol(level), h("span", {}, text));
  document.title = `${mark(state, found, trouble)}Fairness · Evenhand`;
  const banners = [...(trouble ? [troubleBanner(trouble, state)] : []), ...(trouble ? [] : found.map(banner))];
  byId("concerns").hidden = !banners.length;
  show(byId("concerns"), banners);
  byId("state").classList.toggle("old", trouble !== null);
  if (!state) return;
  showJudged(state, text);
  show(byId("facts"), facts(state, now).map(([name, ...value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
}

/** @param {ConsoleState | null} state @param {Concern[]} found @param {Trouble | null} trouble */
function mark(state, found, trouble) {
  if (trouble) return "(!) ";
  const alerts = state?.alerts.length ?? 0;
  return alerts ? `(${alerts}) ` : found.length ? "(!) " : "";
}

/**
 * The one sentence that is read out. There is a tick only where no alert is open, figures are fresh, and every gap
 * between groups is judged.
 *
 * @param {ConsoleState | null} state
 * @param {Concern[]} found
 * @param {Trouble | null} trouble
 * @returns {{level: Level, text: string}}
 */
function headline(state, found, trouble) {
  if (trouble) return { level: "page", text: trouble.headline };
  if (!state) return { level: "not_enough_data", text: "Waiting for the first figures" };
  const briefs = found.map(({ brief }) => brief);
  if (state.alerts.length) {
    const pages = state.alerts.filter(({ severity }) => severity === "page").length;
    const level = pages || found.some((one) => one.level === "page") ? "page" : "warning";
    return { level, text: [open(state.alerts.length, pages), ...briefs].join("; ") };
  }
  const none = state.newest === null ? "Nothing observed yet" : "No alert open";
  if (found.length) return { level: found[0].level, text: `${none}, but ${briefs.join("; ")}` };
  if (state.newest === null) return { level: "not_enough_data", text: none };
  const bands = unjudgedBands(state).map((band) => state.groups[band] ?? band);
  const but = bands.length ? `, but not ${bands.join(" and ")}` : "";
  return { level: extent(state) === "all" ? "ok" : "not_enough_data", text: `${none}; ${judging(state)}${but}` };
}

/** @param {number} all @param {number} pages */
function open(all, pages) {
  const kinds = [several(pages, "page"), several(all - pages, "warning")].filter(Boolean).join(", ");
  return `${several(all, "alert")} open: ${kinds}`;
}

/** @param {number} number @param {string} noun */
const several = (number, noun) => number > 0 && `${number} ${noun}${number === 1 ? "" : "s"}`;

/** @param {Concern} concern */
const banner = ({ key, level, brief, text, runbook }) =>
  h("li", { class: level, "data-key": key },
    symbol(level),
    h("div", {},
      h("strong", {}, `${brief.charAt(0).toUpperCase()}${brief.slice(1)}.`), ` ${text} `,
      runbook && runbookLink(runbook, brief),
    ),
  );

/** @param {Trouble} trouble @param {ConsoleState | null} state */
function troubleBanner({ key, headline: brief, text, runbook }, state) {
  const old = state ? `What stands below is of ${time(state.at, state.at)}, and is no longer true for certain.` : "No figures have come yet.";
  return banner({ key, level: "page", brief, text: `${text} ${old}`, runbook });
}

/** Which monitors judge, which do not, why, and what helps. @param {ConsoleState} state @param {string} said In the headline. */
function showJudged(state, said) {
  const { judged, monitors } = state;
  const reasons = state.newest === null ? [] : silences(state); // before that, the steps say it
  const rest = judged.monitors - judged.judging;
  const names = reasons.map(({ why, silent }) => `${why} (${silent.length})`).join(", ");
  const mute = `${count(rest)} of ${count(judged.monitors)} monitors ${rest === 1 ? "does" : "do"} not judge`;
  byId("judging").hidden = reasons.length > 0 || state.newest === null || said.includes(judging(state));
  byId("judging").textContent = `${capitalised(judging(state))}.`;
  const few = PARITIES.map((monitor) => partly(state, monitor)).filter(Boolean).join("; ");
  byId("partly").hidden = !few;
  byId("partly").textContent = `Too few cases in every window: ${few}.`;
  byId("silent").hidden = !reasons.length;
  byId("silent-title").textContent = `${mute}: ${names}`;
  show(byId("silent-list"), reasons.map(({ why, next, silent }) =>
    h("li", { "data-key": why },
      h("p", {}, h("strong", {}, `${capitalised(why)}.`), ` ${next}`),
      h("ul", { class: "names" }, silent.map((one) =>
        h("li", {}, monitors[one.monitor]?.figure ?? one.monitor, lacking(one) && h("span", { class: "rest" }, ` ${lacking(one)}`)))),
    )));
}

/** Monitors that hold each group against the others. */
const PARITIES = ["amount_parity", "review_parity", "category_parity", "sure_parity"];
/** Groups that are named; more of them are only counted. */
const NAMED = 4;

/** The groups that a monitor does not judge, although it judges others. @param {ConsoleState} state @param {string} monitor */
function partly(state, monitor) {
  const names = unjudged(state, monitor);
  if (!names.length) return "";
  const said = names.length > NAMED ? `${count(names.length)} categories` : names.map((name) => state.groups[name] ?? words(name)).join(", ");
  return `${said} (${(state.monitors[monitor]?.figure ?? words(monitor)).toLowerCase()})`;
}

/** @param {string} text */
const capitalised = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** How far event time may be behind the clock while transactions are decided, in milliseconds. */
const BEHIND_MS = 3_600_000;

/** @param {ConsoleState} state @param {number} now */
function facts(state, now) {
  const { newest, at, workers } = state;
  const behind = newest === null ? 0 : Date.parse(at) - Date.parse(newest);
  const old = newest !== null && behind >= 60_000 && ` (${duration(newest, at)} ago)`;
  // Decided now, but of another time: every window is of that time.
  const loud = behind > BEHIND_MS && state.per_second > 0;
  const waiting = workers.waiting === null ? "waiting not known" : `${count(workers.waiting)} waiting`;
  return [
    ["Workers", lastReport(state, now), `, ${waiting}`],
    ["Newest event", newest ? moment(newest, at) : "none yet", loud ? [" ", h("span", { class: "chip warning" }, symbol("warning"), old)] : old],
    ["Throughput", `${state.per_second < 10 ? state.per_second.toFixed(1) : count(state.per_second)} decisions/s`, " (last minute)"],
    ["Labels", lastLabel(state, now)],
    ["Late", `${count(state.late)} records`, state.expired > 0 && ` (${count(state.expired)} too late for any window)`],
    ["Model", state.model_version],
  ];
}

/** @param {string} name */
const topic = (name) => h("code", {}, name);

/** How to begin, each step ticked off once it is done. @param {ConsoleState} state */
export function showSteps({ workers, newest, judged }) {
  const steps = [
    { done: workers.last_reported !== null, name: "Start a worker", how: [h("code", {}, "evenhand worker"), " categorizes the topic ", topic("transactions"), " and reports what it decided. A worker reports only when it has decided something: one that has nothing to do is not seen here."] },
    { done: newest !== null, name: "Send transactions", how: [h("code", {}, "evenhand replay -i FILE"), ", or a producer of your own. Figures appear with the first decisions."] },
    { done: judged.labels > 0, name: "Answer blind reviews", how: ["Gaps of accuracy are judged only once people answer review requests, the blind ones too: their answers go to the topic ", topic("transactions.corrections"), "."] },
  ];
  show(byId("steps"), steps.map(({ done, name, how }) =>
    h("li", { class: done ? "done" : "" }, h("strong", {}, name), done && h("span", { class: "rest" }, " (done)"), h("p", {}, how))));
}
