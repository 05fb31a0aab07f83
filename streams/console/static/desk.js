// What both pages of people need: asking and telling the server, and who is asking.

import { showPages } from "./nav.js";
import { byId } from "./parts.js";

/** Something was not done; `say` tells people why. */
export class Refused extends Error {
  /** @param {number} status @param {RefusalDocument} document_ */
  constructor(status, { why, say, where }) {
    super(say);
    this.status = status;
    this.why = why;
    this.where = where;
  }
}

/** The server cannot do it now, and may be able to in a moment. @param {unknown} error */
export const passing = (error) => error instanceof Refused && (error.status === 0 || error.status === 503);

/** @type {Me | null} */
let me = null;

/** @param {string} path @param {RequestInit} [options] */
async function call(path, options) {
  let answer;
  try {
    answer = await fetch(path, { cache: "no-store", redirect: "manual", ...options });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // so `fetch` says that nobody answers
    throw new Refused(0, { why: "lost", say: "The server does not answer.", where: "" });
  }
  // Nothing here leads elsewhere: that is the proxy, whose session has ended, and its own page asks for a name.
  if (answer.type === "opaqueredirect") throw new Refused(401, { why: "nameless", say: "You are logged out: reload the page.", where: "" });
  if (answer.status === 204) return null;
  const said = await answer.text();
  let document_;
  try {
    document_ = JSON.parse(said);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    document_ = { why: "broken", say: `The server answers with ${answer.status}.`, where: "" };
    if (answer.ok) throw new Refused(503, document_);
  }
  if (answer.ok) return document_;
  if (document_.why === "token") location.reload(); // the page that asks for a token takes the place of this one
  throw new Refused(answer.status, document_);
}

/** A document. @param {string} path */
export const ask = (path) => call(path);

/** A write, with its answer. @param {string} path @param {object} body @returns {Promise<any>} */
export async function tell(path, body) {
  try {
    return await send(path, body);
  } catch (error) {
    if (!(error instanceof Refused && error.why === "forged")) throw error;
    me = await ask("api/me"); // the server has started anew, and makes other tokens
    return send(path, body);
  }
}

/** @param {string} path @param {object} body */
const send = (path, body) =>
  call(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Evenhand-Token": me?.token ?? "" },
    body: JSON.stringify(body),
  });

/**
 * Who is asking, once that is known: where nobody says it, the browser's user is asked, once.
 *
 * @param {"review" | "learning"} here
 * @returns {Promise<Me & {name: string, role: RoleName}>}
 */
export async function whoAmI(here) {
  const found = /** @type {Me} */ (await ask("api/me"));
  me = found;
  showPages({ ...found.links, review: "review", learning: "learning" }, here);
  const { name, role } = found;
  if (name !== null && role !== null) {
    byId("who").textContent = `${name}, ${role}`;
    return { ...found, name, role };
  }
  if (!found.asks) throw new Refused(401, { why: "nameless", say: "It is not known who you are: the proxy in front of this page does not say so.", where: "" });
  await named();
  return whoAmI(here);
}

/** Ask for a name until one is taken. */
function named() {
  const form = byId("gate");
  const input = /** @type {HTMLInputElement} */ (byId("name"));
  form.hidden = false;
  input.focus();
  return /** @type {Promise<void>} */ (new Promise((resolve) => {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      try {
        await tell("api/me", { name: input.value });
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        byId("gate-trouble").textContent = error.message;
        return;
      }
      form.hidden = true;
      resolve();
    });
  }));
}

/** @param {number} milliseconds */
export const sleep = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });
