// The page's engine: one transaction at a time, answered by key, touch or click.

import { showTask, title } from "./card.js";
import { listenForCustomerWords } from "./customer.js";
import { ask, passing, Refused, sleep, tell, whoAmI } from "./desk.js";
import { h, show } from "./dom.js";
import { capital, count, duration } from "./format.js";
import { byId } from "./parts.js";
import { choose, others } from "./preview.js";
import { Search } from "./search.js";

/** @typedef {{category: string | null, line: string, settled: number}} Latest */

const AGAIN_MS = 3_000;
/** Between two looks at a queue that has nothing for this reviewer. */
const LOOK_MS = 2_000;
const REMEMBERED = 10;
/** A reviewer who did something so lately still reads: the claim is kept for longer. */
const READS_MS = 60_000;
/** A claim is kept so long before it ends, as it is asked for over a network. */
const EARLY_MS = 1_000;

/** @type {Task | null} */
let task = null;
/** @type {Progress | null} */
let progress = null;
/** @type {ReadonlyMap<string, string>} */
let about = new Map();
/** @type {Search} */
let search;
/** Other requests that the next answer settles. @type {string[]} */
let together = [];
/** @type {Latest[]} */
let lately = [];
let busy = false;
let lapsed = false;
/** Whether another transaction came that has not been shown yet. */
let arrived = false;
/** Whether this person may answer. */
let answers = false;
let activeAt = performance.now();
/** When the claim ends: by the time of day, which goes on while a computer sleeps. */
let endsAt = 0;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** What a browser remembers of its user's wishes. */
const wish = {
  /** @param {string} name */
  get: (name) => localStorage.getItem(`review-${name}`) === "1",
  /** @param {string} name @param {boolean} on */
  set: (name, on) => localStorage.setItem(`review-${name}`, on ? "1" : "0"),
};
const look = () => ({ plain: wish.get("plain") });

const now = () => new Date().toISOString();

/** @param {string} text */
function say(text) {
  byId("said").textContent = text;
}

/** @param {string} text @param {string} [where] another process that can do it */
function trouble(text, where = "") {
  byId("trouble").hidden = !text;
  const address = `${location.protocol}//${where}/review`;
  show(byId("trouble"), text, where && " ", where && h("a", { href: address }, "Open it there"));
}

// What is seen

function showAll() {
  byId("desk").hidden = !task || lapsed;
  byId("empty").hidden = Boolean(task) && !lapsed;
  byId("actions").hidden = !answers;
  if (task && !lapsed) showTask(task, about, now());
  else showEmpty();
  showActions();
  showDay();
  showLately();
  if (arrived) place();
  arrived = false;
}

/** Without suggestions one types, where there are keys; with some, keys are for them. */
function place() {
  if (task && !task.aid && matchMedia("(pointer: fine)").matches) search.input.focus();
  else if (document.activeElement === search.input) search.input.blur();
}

function showEmpty() {
  if (lapsed) {
    byId("empty-title").textContent = "You were away";
    show(byId("empty-said"), "The transaction was given back after its time, so that others may answer it. ", h("button", { type: "button", class: "plain", id: "go-on" }, "Go on ", h("kbd", {}, "Enter")));
    byId("go-on").addEventListener("click", () => act(next));
    byId("go-on").focus();
    return;
  }
  const held = progress?.open ?? 0;
  byId("empty-title").textContent = answers ? "Nothing waits for you" : "You may look";
  byId("empty-said").textContent = !answers
    ? "Answering is for reviewers; the figures above are of the queue."
    : held
      ? `${held === 1 ? "The one that waits is" : `The ${count(held)} that wait are`} with other reviewers, or you did not know ${held === 1 ? "it" : "them"}. What comes is shown here by itself.`
      : "All requests are answered. What comes next is shown here by itself.";
}

function showActions() {
  const on = task !== null && !lapsed;
  for (const id of ["unknown", "release"]) button(id).disabled = !on;
  button("similar").disabled = !on || !(task?.similar);
  byId("similar-said").textContent = task?.similar ? `Similar (${count(task.similar)})` : "Similar";
  const left = progress?.undoable ?? 0;
  button("undo").disabled = !left;
  byId("undo-said").textContent = left ? `Undo (${count(left)})` : "Undo";
  byId("plain").setAttribute("aria-pressed", String(wish.get("plain")));
  byId("together").hidden = !together.length;
  byId("together").textContent = together.length ? `Your answer counts for ${others(together.length)} of ${task?.merchant ?? "this merchant"} as well: see Similar.` : "";
}

/** @param {string} id */
const button = (id) => /** @type {HTMLButtonElement} */ (byId(id));

function showDay() {
  byId("day").hidden = !progress;
  if (!progress) return;
  const { answered, unknown, everyone, open, oldest } = progress;
  const parts = [
    `${count(answered)} answered today`,
    everyone > answered && `${count(everyone)} by everybody`,
    unknown > 0 && `${count(unknown)} not known`,
    `${count(open)} ${open === 1 ? "waits" : "wait"}`,
    oldest && `the oldest for ${duration(oldest, now())}`,
  ];
  show(byId("day-said"), ...parts.map((part) => part && h("span", { class: "piece" }, part)));
  const bar = /** @type {HTMLProgressElement} */ (byId("day-bar"));
  bar.max = Math.max(1, everyone + open);
  bar.value = everyone;
}

function showLately() {
  byId("lately").hidden = !lately.length;
  show(byId("lately-list"), ...lately.map(({ category, line, settled }) => h(
    "li",
    {},
    h("strong", {}, category === null ? "Not known" : title(category)),
    " ",
    h("span", { class: "raw" }, line),
    settled > 1 && h("span", { class: "soft" }, ` and ${others(settled - 1)}`),
  )));
}

// What is done

/**
 * Do one thing at a time; what is refused is said, and what passes is tried again where that does no harm.
 *
 * @param {() => Promise<void>} deed
 */
async function act(deed, again = true) {
  if (busy) return;
  busy = true;
  try {
    await deed();
    trouble("");
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    await refused(error, again ? deed : next);
  } finally {
    busy = false;
    showAll();
  }
}

/** @param {Refused} error @param {() => Promise<void>} deed */
async function refused(error, deed) {
  if (error.why === "nameless") return location.reload();
  trouble(passing(error) ? `${sentence(error)} It is tried again.` : sentence(error), error.where);
  if (passing(error)) {
    await sleep(AGAIN_MS);
    setTimeout(() => act(deed));
  } else if (task && ["answered", "taken", "unknown"].includes(error.why)) {
    task = null;
    setTimeout(async () => {
      await act(next);
      trouble(sentence(error));
    });
  }
}

/** "Another reviewer has it." @param {Error} error */
const sentence = ({ message }) => `${capital(message).replace(/[.]$/, "")}.`;

/** @param {Task | null} fresh */
function take(fresh) {
  const changed = fresh?.id !== task?.id;
  task = fresh;
  lapsed = false;
  remember(task?.id ?? "");
  clearTimeout(timer);
  if (changed) {
    together = [];
    search.clear();
    scrollTo(0, 0);
  }
  if (!task) timer = setTimeout(() => act(next), LOOK_MS);
  else if (task.seconds !== null) {
    endsAt = Date.now() + 1000 * task.seconds;
    timer = setTimeout(renew, 500 * task.seconds);
  }
  arrived ||= changed;
}

/** A page that is loaded anew goes on with what its reviewer has. @param {string} id */
const remember = (id) => sessionStorage.setItem("review-held", id);

async function resume() {
  const id = sessionStorage.getItem("review-held");
  if (!id) return next();
  try {
    const said = await tell("api/review/claim", { id, ...look() });
    ({ progress } = said);
    take(said.task);
  } catch (error) {
    if (!(error instanceof Refused) || passing(error)) throw error;
    await next();
  }
}

async function next() {
  const said = await tell("api/review/next", look());
  ({ progress } = said);
  take(said.task);
}

const reads = () => performance.now() - activeAt < READS_MS;

/** Keep the claim, of which half is over, while somebody reads; else ask once more before it ends. */
function renew() {
  if (!task || lapsed) return;
  clearTimeout(timer); // also asked for between times, when the page is seen again
  if (!reads() || busy) timer = setTimeout(lapse, Math.max(0, endsAt - Date.now() - EARLY_MS));
  else keep(task.id);
}

function lapse() {
  if (!task) return;
  if (reads() && !busy) return void keep(task.id);
  lapsed = true;
  showAll();
}

/** @param {string} id */
const keep = (id) => act(async () => take((await tell("api/review/claim", { id, ...look() })).task));

/** @param {string | null} category */
const answer = (category) => act(async () => {
  if (!task || lapsed) return;
  const { id, line } = task;
  const said = await tell("api/review/answer", { id, category, similar: category === null ? [] : together, next: look() });
  const { settled, left } = /** @type {AnsweredDocument} */ (said.answered);
  ({ progress } = said);
  lately = [{ category, line: line.map(({ text }) => text).join(""), settled }, ...lately].slice(0, REMEMBERED);
  say(`${category === null ? "Left to others" : title(category)}${settled > 1 ? `, and for ${others(settled - 1)}` : ""}.${left ? ` ${count(left)} had been answered by somebody else.` : ""} Undo takes it back.`);
  take(said.task);
});

const release = () => act(async () => {
  if (!task) return;
  const { id } = task;
  await tell("api/review/release", { id, skip: true });
  await next();
  say(task?.id === id ? "This is the only one that waits for you." : "Given back.");
});

const undo = () => act(async () => {
  const before = task?.id;
  const said = await tell("api/review/undo", look());
  const { task: back, category, reopened, amends } = /** @type {UndoneDocument} */ (said.undone);
  ({ progress } = said);
  lately = lately.slice(1);
  say(`Taken back: ${category === null ? "not known" : title(category)}${reopened > 1 ? `, with ${others(reopened - 1)}` : ""}.${reopened ? "" : " Nothing of it was open any more."}${amends ? " The ledger has it already: what you say now is learned." : ""}`);
  if (back) take(back);
  if (before && before !== back?.id) await giveBack(before);
  if (!back) await next();
}, false);

/** What is somebody else's by now is given back already. @param {string} id */
async function giveBack(id) {
  try {
    await tell("api/review/release", { id });
  } catch (error) {
    if (!(error instanceof Refused) || passing(error)) throw error;
  }
}

const similar = () => act(async () => {
  if (!task?.similar) return say("Nothing else of this merchant waits.");
  const preview = await ask(`api/review/similar?id=${encodeURIComponent(task.id)}`);
  const chosen = await choose(preview, together, task.merchant ?? "this merchant", now());
  if (chosen) together = chosen;
});

const plain = () => act(async () => {
  wish.set("plain", !wish.get("plain"));
  say(wish.get("plain") ? "You work without suggestions now." : "Suggestions are shown again, where there are some.");
  if (task) take((await tell("api/review/claim", { id: task.id, ...look() })).task);
});

function help() {
  /** @type {HTMLDialogElement} */ (byId("legend")).showModal();
  byId("legend-title").focus();
}

/** @param {number} at */
function suggestion(at) {
  const suggested = task?.aid?.suggestions[at];
  if (suggested) return void answer(suggested.category);
  if (task) say("There is no such suggestion: search the categories instead.");
}

/** @type {Record<string, () => void>} */
const KEYS = {
  1: () => suggestion(0), 2: () => suggestion(1), 3: () => suggestion(2), 0: () => answer(null),
  "/": () => search.input.focus(), s: similar, x: release, u: undo, b: plain, "?": help,
};

/** @param {KeyboardEvent} event */
function key(event) {
  activeAt = performance.now();
  if (event.repeat && event.target instanceof HTMLButtonElement) return event.preventDefault(); // a held key is one answer
  // No category begins with a digit: in an empty search these still are answers.
  const typing = event.target instanceof HTMLTextAreaElement || event.target instanceof HTMLSelectElement
    || (event.target instanceof HTMLInputElement && (event.target !== search.input || search.input.value || !/^[0-3?]$/.test(event.key)));
  if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || typing || document.querySelector("dialog[open]")) return;
  const deed = KEYS[event.key.toLowerCase()];
  if (!deed || !answers || !single().checked) return;
  event.preventDefault();
  deed();
}

const single = () => /** @type {HTMLInputElement} */ (byId("single"));

function listen() {
  for (const [id, deed] of Object.entries({ unknown: () => answer(null), similar, release, undo, plain, help })) {
    byId(id).addEventListener("click", () => deed());
  }
  byId("suggestions").addEventListener("click", ({ target, detail }) => {
    if (detail > 1) return; // the second of a double click would answer what nobody has read
    const chosen = target instanceof Element && target.closest("button");
    if (chosen) answer(chosen.value);
  });
  byId("skip").addEventListener("click", (event) => {
    event.preventDefault();
    byId("main").focus();
  });
  listenForCustomerWords();
  single().checked = !wish.get("no-keys");
  single().addEventListener("change", () => wish.set("no-keys", !single().checked));
  addEventListener("keydown", key);
  addEventListener("pointerdown", () => { activeAt = performance.now(); });
  document.addEventListener("visibilitychange", () => document.hidden || renew());
}

async function begin() {
  try {
    const me = await whoAmI("review");
    answers = me.role !== "viewer";
    about = new Map(me.categories.map(({ name, about: meaning }) => [name, meaning]));
    search = new Search(me.categories, (category) => answer(category));
    listen();
    await act(answers ? resume : watch);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    trouble(error.message);
    if (passing(error)) setTimeout(begin, AGAIN_MS);
  }
}

/** For those who may only look. */
async function watch() {
  progress = await ask("api/review/progress");
  timer = setTimeout(() => act(watch), 5 * LOOK_MS);
}

begin();
