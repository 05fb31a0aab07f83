// What was learned, by whom, what is held back; approvers decide.

import { title } from "./card.js";
import { Batch, confirm, DEEDS, instruct } from "./decide.js";
import { ask, passing, Refused, whoAmI } from "./desk.js";
import { h, show } from "./dom.js";
import { count, figure, range, time, words } from "./format.js";
import { byId } from "./parts.js";

const LOOK_MS = 3_000;

/** @typedef {{deed: import("./decide.js").Deed, id: string, from: Batch | null}} Told */

/** @type {LearningDocument | null} */
let shown = null;
let may = false;

/** What the learner was told, by instruction, until its report says what it made of that. @type {Map<string, Told>} */
const asked = new Map();
const DONE = new Set(["accepted", "proposal", "frozen"]);

/** @param {number} number @param {string} one */
const several = (number, one) => `${count(number)} ${one}${number === 1 ? "" : "s"}`;

/** @param {import("./decide.js").Deed} deed @param {string[]} ids @param {Batch} from */
async function decide(deed, ids, from) {
  const reason = await confirm(deed, several(ids.length, from.one));
  if (reason === null) return;
  let done = 0;
  try {
    for (const id of ids) {
      const { instruction_id } = await instruct(deed, id, reason);
      asked.set(instruction_id, { deed, id, from });
      from.told.set(id, deed.told);
      from.ticked.delete(id);
      done += 1;
    }
    trouble("");
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    trouble(`${error.message} ${count(done)} of ${count(ids.length)} were told to the learner.`);
  }
  byId("said").textContent = `${several(done, from.one)} ${deed.told}.`;
  showAll();
}

/** @param {string} id @param {string} name @param {string} one @param {import("./decide.js").Deed[]} deeds */
function batch(id, name, one, deeds) {
  /** @type {Batch} */
  const made = new Batch(id, name, one, deeds, (deed, ids) => decide(deed, ids, made));
  return made;
}

const proposals = batch("proposals", "Proposals", "proposal", [DEEDS.approve, DEEDS.decline]);
const quarantine = batch("quarantine", "Quarantine", "correction", [DEEDS.release, DEEDS.reject]);
const lately = batch("lately", "Learned lately", "correction", [DEEDS.forget]);

/** @param {string} text */
function trouble(text) {
  byId("trouble").hidden = !text;
  byId("trouble").textContent = text;
}

/** Say what the learner was told and did not do. @param {LearnerReport} report @param {Record<string, string>} held */
function follow({ instructions }, held) {
  /** @type {Map<string, number>} */
  const failed = new Map();
  for (const { instruction_id, status, reason } of instructions) {
    const told = asked.get(instruction_id);
    asked.delete(instruction_id);
    if (!told || DONE.has(status)) continue;
    const { deed, id, from } = told;
    from?.forget(id);
    const why = reason ? held[reason] ?? words(reason) : status === "unknown" ? "it is no longer there" : words(status);
    const said = `not ${deed.told}: ${why}.`;
    failed.set(said, (failed.get(said) ?? 0) + 1);
  }
  if (failed.size) trouble([...failed].map(([said, number]) => `${number === 1 ? "One was" : `${count(number)} were`} ${said}`).join(" "));
}

function showAll() {
  if (!shown) return;
  const { report, at, held } = shown;
  byId("empty").hidden = report !== null;
  byId("learned").hidden = !report;
  if (!report) return;
  follow(report, held);
  showNow(report, shown.accuracy);
  proposals.show(report.proposals.map((entry) => ({
    id: entry.proposal_id,
    head: what(entry.merchant, entry.flow, entry.category, null),
    rest: [`${count(entry.agreeing)} of ${several(entry.accounts, "account")} agree`],
  })), report.proposals_total, "No proposals wait: what many accounts agree on is proposed for everyone here.", may);
  quarantine.show(report.quarantine.map((entry) => ({
    id: entry.correction_id,
    head: learned(entry),
    rest: [held[entry.reason] ?? words(entry.reason), ...by(entry, at)],
  })), report.quarantine_total, "Nothing is held back.", may);
  lately.show(report.lately.map((entry) => ({ id: entry.correction_id, head: learned(entry), rest: by(entry, at) })), 0, "Nothing yet.", may);
}

/** @param {LearnedEntry} entry */
const learned = ({ merchant, flow, category, decided }) =>
  category === null ? h("em", {}, "for one account only, not shown") : what(merchant, flow, category, decided);

/** @param {string | null} merchant @param {string | null} flow @param {string} category @param {string | null} decided */
const what = (merchant, flow, category, decided) => h(
  "span",
  {},
  h("span", { class: "raw" }, merchant ?? "no merchant"),
  flow === "in" && h("span", { class: "soft" }, " (money in)"),
  " is ",
  h("strong", {}, title(category)),
  decided !== null && h("span", { class: "soft" }, decided === category ? ", as decided" : `, not ${words(decided)}`),
);

/** @param {LearnedEntry} entry @param {string} now @returns {Child[]} */
const by = ({ actor, standing, at }, now) => [
  actor === null ? "by many accounts" : `by ${actor}, ${standing}`,
  h("time", { datetime: at }, time(at, now)),
];

/** @param {LearnerReport} report @param {Accuracy[]} accuracy */
function showNow(report, accuracy) {
  const { frozen, waiting, prequential, parts, counts, holdout, version } = report;
  byId("overall").textContent = frozen ? `Frozen: ${several(waiting, "correction")} wait${waiting === 1 ? "s" : ""}` : "Learning goes on";
  byId("freeze").hidden = !may;
  byId("freeze").textContent = frozen ? "Thaw…" : "Freeze…";
  const accuracies = accuracy.map(({ of, right, scored, share, interval }) => [
    `Accuracy ${of}`, `${figure(share, "share")} [${range(interval, "share")}], ${count(right)} of ${count(scored)}`,
  ]);
  show(byId("facts"), ...Object.entries({
    ...Object.fromEntries(accuracies.length ? accuracies : [["Accuracy before learning", "nothing scored yet"]]),
    Changes: prequential.drifts > 0 && `${count(prequential.drifts)} in that accuracy (ADWIN)`,
    Accepted: count(counts.accepted ?? 0),
    Known: `${several(parts.merchant ?? 0, "merchant")}${parts.family ? ` and ${several(parts.family, "beginning")} of names` : ""}`,
    Version: version === "0" ? "none" : version,
  }).map(([name, said]) => said && h("div", {}, h("dt", {}, name), h("dd", {}, said))));
  byId("vetoed").hidden = !holdout.vetoed.length;
  byId("vetoed").textContent = `Left out, as ${count(holdout.rows)} known answers would suffer: ${holdout.vetoed.map((name) => (name === "text" ? "the text model" : name)).join(", ")}.`;
}

async function freeze() {
  const deed = shown?.report?.frozen ? DEEDS.thaw : DEEDS.freeze;
  const reason = await confirm(deed, "learning");
  if (reason === null) return;
  try {
    const { instruction_id } = await instruct(deed, null, reason);
    asked.set(instruction_id, { deed, id: "", from: null });
    byId("said").textContent = `The learner is told; learning is ${deed.told} in a moment.`;
    trouble("");
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    trouble(error.message);
  }
}

async function look() {
  try {
    shown = await ask("api/learning");
    if (byId("trouble").dataset.passing) trouble("");
    delete byId("trouble").dataset.passing;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (error.why === "nameless") return location.reload();
    trouble(`${error.message} What is shown may be old.`);
    byId("trouble").dataset.passing = "1";
  }
  showAll();
  setTimeout(look, LOOK_MS);
}

async function begin() {
  try {
    const { role } = await whoAmI("learning");
    may = role === "approver";
    byId("freeze").addEventListener("click", freeze);
    byId("skip").addEventListener("click", (event) => {
      event.preventDefault();
      byId("main").focus();
    });
    await look();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    trouble(error.message);
    if (passing(error)) setTimeout(begin, LOOK_MS);
  }
}

begin();
