// The page's engine: listens to the stream, remembers the window, and shows the last state that came.

import { showAlerts, showHistory } from "./alerts.js";
import { between, count, time } from "./format.js";
import { mostJudged } from "./health.js";
import { showPages } from "./nav.js";
import { byId } from "./parts.js";
import { Lexicon } from "./readings.js";
import { showNow, showSteps } from "./summary.js";
import { showCategories, showConfidence, showMethods, showMonitors, showParity } from "./tables.js";
import { showTiles } from "./tiles.js";

/** @typedef {import("./summary.js").Trouble} Trouble */

const buttons = [...byId("windows").querySelectorAll("button")];
const NAMES = buttons.map((button) => button.value);

/** @type {ConsoleState | null} */
let state = null;
/** @type {Trouble | null} */
let trouble = null;
let window_ = NAMES[0];
/** Whether the reader, or a link, named the window. */
let named = false;
/** When the server's clock was heard last, by the browser's own that never jumps. */
let heardAt = 0;

/** The server's clock now. @param {ConsoleState | null} of */
const clock = (of) => (of ? Date.parse(of.at) + performance.now() - heardAt : Date.now());

function showAll() {
  showNow(state, clock(state), trouble);
  if (!state) return;
  const lexicon = new Lexicon(state);
  const observed = state.newest !== null;
  showAlerts(state, lexicon);
  showHistory(state);
  byId("empty").hidden = observed;
  byId("figures").hidden = !observed;
  if (!observed) return showSteps(state);
  if (!named) open(state);
  showWindow(state);
  showTiles(state, window_, lexicon);
  showCategories(state, window_, lexicon);
  showConfidence(state, window_, lexicon);
  showMethods(state, window_, lexicon);
  showParity(state, window_, lexicon);
  showMonitors(state, lexicon);
}

/** @param {ConsoleState} shown */
function showWindow({ windows, at }) {
  const found = windows.find(({ name }) => name === window_);
  if (!found?.start || !found.end) return;
  byId("span").textContent = `${between(found.start, found.end, at)} · ${count(found.decisions)} decisions`;
}

// The window is kept in the address (#window=7d), so that a link shows what its sender saw.

/** @param {string | null} name */
function choose(name) {
  named = name !== null && NAMES.includes(name);
  window_ = name !== null && named ? name : NAMES[0];
  press();
  showAll();
}

function press() {
  for (const button of buttons) button.setAttribute("aria-pressed", String(button.value === window_));
}

/** The window that tells as much as any, where the reader named none. It grows only, so that it does not go to and fro. @param {ConsoleState} shown */
function open(shown) {
  window_ = NAMES[Math.max(NAMES.indexOf(window_), mostJudged(shown, NAMES))];
  press();
}

const fromAddress = () => choose(new URLSearchParams(location.hash.slice(1)).get("window"));

byId("windows").addEventListener("click", ({ target }) => {
  if (!(target instanceof HTMLButtonElement) || !NAMES.includes(target.value)) return;
  history.replaceState(null, "", `#window=${target.value}`);
  choose(target.value);
});
addEventListener("hashchange", fromAddress);

// The link to the figures would take the window's place in the address.
byId("skip").addEventListener("click", (event) => {
  event.preventDefault();
  byId("main").focus();
});

// A monitor's table is made when it is opened. `toggle` does not bubble, but it can be caught on the way down.
byId("monitors").addEventListener("toggle", () => state && showMonitors(state, new Lexicon(state)), true);

// Ages grow while nothing is heard: a worker that is killed is told before the next beat comes.
const TICK_MS = 5_000;
setInterval(() => showNow(state, clock(state), trouble), TICK_MS);

// The stream. The browser reconnects by itself after a break, but not after a refusal, and it does not notice a network
// that goes silent; the server says something every 15 seconds.

const SILENCE_MS = 40_000;
const AGAIN_MS = 5_000;
/** @type {EventSource} */
let source;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let watch;

function showLink() {
  const of = state && (state.kafka.since ?? state.at);
  const figures = state && of ? `figures of ${time(of, state.at)}` : "no figures yet";
  const silent = state?.kafka.answers === false;
  byId("link").className = `link ${trouble || silent ? "lost" : "live"}`;
  byId("link").textContent = `${trouble?.key === "lost" ? "Connection lost" : trouble ? "Broken" : silent ? "Kafka does not answer" : "Live"}, ${figures}`;
}

/** @param {Trouble | null} found */
function tell(found) {
  trouble = found;
  showAll();
  showLink();
}

/** @param {() => Trouble | null | void} change */
function heard(change) {
  clearTimeout(watch);
  watch = setTimeout(lost, SILENCE_MS);
  tell(change() ?? null);
}

/** @type {Trouble} */
const LOST = {
  key: "lost",
  runbook: "", // who would serve it is not heard of
  headline: "Connection to the monitor lost",
  text: "Nothing is heard of it: alerts that open now are not shown here. It is tried again every few seconds; is evenhand monitor running?",
};

/** @param {string} why @returns {Trouble} */
const broken = (why) => ({
  key: "broken",
  runbook: "console_broken",
  headline: "Figures cannot be shown",
  text: `The monitor runs, but cannot tell its state${why && `: ${why}`}. Alerts may be open that are not shown here; see its log.`,
});

/** A longer answer is a page of something else. */
const LONGEST = 200;

/**
 * What stands in the way, asked where the stream is refused, as the stream itself does not say. Where only the stream is
 * refused (it has too many listeners), the state is taken from the answer instead.
 *
 * @returns {Promise<Trouble | null>}
 */
async function cause() {
  try {
    const answer = await fetch("api/state", { cache: "no-store" });
    if (answer.status === 401) location.reload(); // the page that asks for a token takes the place of this one
    if (answer.ok) take(await answer.json());
    if (answer.status < 500) return answer.ok ? null : LOST;
    const said = (await answer.text()).trim();
    return broken(said && said.length <= LONGEST ? said : `it answers with ${answer.status}`);
  } catch (error) {
    if (error instanceof TypeError) return LOST; // so `fetch` says that nobody answers
    throw error;
  }
}

async function lost() {
  clearTimeout(watch);
  if (source.readyState === EventSource.CONNECTING) return tell(LOST);
  source.close();
  watch = setTimeout(listen, AGAIN_MS);
  tell(await cause());
}

/** The reason in an event `broken`, whichever way it is written. @param {string} data */
function reason(data) {
  try {
    const said = JSON.parse(data);
    return typeof said === "string" ? said : String(said?.reason ?? "");
  } catch (error) {
    if (error instanceof SyntaxError) return data;
    throw error;
  }
}

/** @param {ConsoleState} fresh */
function take(fresh) {
  state = fresh;
  heardAt = performance.now();
}

function listen() {
  source = new EventSource("api/stream");
  source.addEventListener("state", ({ data }) => heard(() => take(JSON.parse(data))));
  source.addEventListener("beat", ({ data }) => heard(() => {
    if (trouble?.key === "broken") return trouble; // the stream lives, its figures do not
    if (state) take({ ...state, at: JSON.parse(data).at });
    return null;
  }));
  source.addEventListener("broken", ({ data }) => heard(() => broken(reason(data))));
  source.addEventListener("error", lost);
}

/** Where people answer: without an answer there is no link, and nothing else is missing. */
async function link() {
  const answer = await fetch("api/links").catch(() => null);
  if (answer?.ok) showPages(await answer.json(), "fairness");
}

fromAddress();
listen();
link();
