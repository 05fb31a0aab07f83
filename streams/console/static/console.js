// The page's engine: listens to the stream, remembers the window, and shows the last state that came.

import { between, count, time } from "./format.js";
import { Lexicon } from "./readings.js";
import { showAlerts, showNow, showTiles } from "./summary.js";
import { showCategories, showConfidence, showMethods, showMonitors, showParity } from "./tables.js";

const byId = (id) => document.getElementById(id);
const buttons = [...byId("windows").querySelectorAll("button")];
const NAMES = buttons.map((button) => button.value);

let state = null;
let window_ = "24h";

function showAll() {
  if (!state) return;
  const lexicon = new Lexicon(state);
  const observed = state.newest !== null;
  showNow(state);
  showAlerts(state, lexicon);
  byId("empty").hidden = observed;
  byId("figures").hidden = !observed;
  if (!observed) return;
  showWindow();
  showTiles(state, window_, lexicon);
  showCategories(state, window_, lexicon);
  showConfidence(state, window_, lexicon);
  showMethods(state, window_, lexicon);
  showParity(state, window_, lexicon);
  showMonitors(state, lexicon);
}

function showWindow() {
  const { start, end, decisions } = state.windows.find(({ name }) => name === window_);
  byId("span").textContent = `${between(start, end, state.at)} · ${count(decisions)} decisions`;
}

// The window is kept in the address (#window=7d), so that a link shows what its sender saw.

function choose(name) {
  window_ = NAMES.includes(name) ? name : "24h";
  for (const button of buttons) button.setAttribute("aria-pressed", String(button.value === window_));
  showAll();
}

const fromAddress = () => choose(new URLSearchParams(location.hash.slice(1)).get("window"));

byId("windows").addEventListener("click", ({ target }) => {
  if (!NAMES.includes(target.value)) return;
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

// The stream. The browser reconnects by itself after a break, but not after a refusal, and it does not notice a network
// that goes silent; the server says something every 15 seconds.

const SILENCE_MS = 40_000;
const AGAIN_MS = 5_000;
let source = null;
let watch = null;

function showLink(live) {
  const at = state && time(state.at, state.at);
  const figures = at ? `figures of ${at}` : "no figures yet";
  byId("link").className = `link ${live ? "live" : "lost"}`;
  byId("link").textContent = `${live ? "Live" : "Connection lost"}, ${figures}`;
}

function heard(change) {
  clearTimeout(watch);
  watch = setTimeout(lost, SILENCE_MS);
  change();
  showLink(true);
}

function lost() {
  showLink(false);
  clearTimeout(watch);
  if (source.readyState === EventSource.CONNECTING) return;
  source.close();
  watch = setTimeout(listen, AGAIN_MS);
}

function listen() {
  source = new EventSource("api/stream");
  source.addEventListener("state", ({ data }) => heard(() => {
    state = JSON.parse(data);
    showAll();
  }));
  source.addEventListener("beat", ({ data }) => heard(() => {
    if (!state) return;
    state.at = JSON.parse(data).at;
    showAll();
  }));
  source.addEventListener("error", lost);
}

fromAddress();
listen();
