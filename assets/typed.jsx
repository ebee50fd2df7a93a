// Keeps the address of the page and what is typed into it until the same person is back after the session has ended.
// In this tab only (sessionStorage), encrypted with a key that the server gives to this person alone and that lies nowhere in the browser.
import { putInto } from "$/public/early.jsx";

const KEPT = "ketikan";
const DRAFT = "draf-"; // what assets/pdm.jsx keeps between two documents
const LIFE = 24 * 3600 * 1000; // milliseconds
const PAUSE = 250; // milliseconds without a key until it is kept
const SETTLE = 3000; // milliseconds in which a page that is being filled may still overwrite them
const LOGOUT = "keluar";

const TEXT = "textarea,select,input:not([type=password],[type=file],[type=hidden],[type=radio],[type=checkbox])";
const NEVER = "[autocomplete*=password],[autocomplete=one-time-code],[data-unkept],[readonly],[disabled]";
const VERSION = /^(versi|semula)/; // hidden fields that change although the record stays the same

// The tabs of this browser tell each other that somebody has logged out, or that it is worth asking the server.
export const tabs = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("sesi");

let key = null;
let timer = 0;
let over = false; // the person leaves: nothing is kept any more
let putting = false;
const typed = new Set();

const bytes = (text) => Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
const base64 = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));

// Without a secure context a browser has no encryption, and then nothing is kept.
export async function unlock(hexadecimal) {
  const raw = Uint8Array.from(hexadecimal.match(/../g), (pair) => parseInt(pair, 16));
  key = (await crypto.subtle?.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"])) ?? null;
}

function stored() {
  try {
    const found = JSON.parse(sessionStorage.getItem(KEPT));
    if (found && Date.now() - found.at < LIFE) return found;
  } catch {
    // Not ours, or a browser that keeps nothing.
  }
  return null;
}

function store(found) {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(found));
  } catch {
    // A browser that keeps nothing, or no room.
  }
}

function forget(...more) {
  clearTimeout(timer);
  typed.clear();
  for (const name of Object.keys(sessionStorage)) {
    if ([KEPT, ...more].some((start) => name.startsWith(start))) sessionStorage.removeItem(name);
  }
}

function leave() {
  over = true;
  forget(DRAFT);
}
tabs?.addEventListener("message", ({ data }) => data === LOGOUT && leave());

// Which form a control belongs to, and of which record: words never come back beside another one.
function formOf(control) {
  const form = control.closest("form");
  if (!form) return "";
  const fixed = (each) => !VERSION.test(each.name) && !each.closest("[data-own-change]");
  const hidden = [...form.querySelectorAll("input[type=hidden]")].filter(fixed);
  return [form.getAttribute("action"), ...hidden.map((each) => `${each.name}=${each.value}`)].join(" ");
}

const twins = (name, form) => [...document.getElementsByName(name)].filter((each) => formOf(each) === form);

function described(control) {
  const form = formOf(control);
  const dialog = control.closest("dialog[id]");
  return {
    form,
    name: control.name,
    place: twins(control.name, form).indexOf(control),
    value: control.value,
    dialog: dialog?.open ? dialog.id : "",
  };
}

// A draft saves itself: of it only what the server does not have yet is kept.
function isUnsaved(control) {
  const draft = control.closest("[data-draft]");
  return draft ? draft.holds(control.name) : control.value !== control.defaultValue;
}

export async function keep() {
  if (!key || over) return;
  const page = {
    path: location.pathname + location.search,
    fields: [...typed].filter((each) => each.isConnected && isUnsaved(each)).map(described),
  };
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, new TextEncoder().encode(JSON.stringify(page)));
  if (!over) store({ at: Date.now(), iv: base64(iv), data: base64(data), typed: page.fields.length > 0 });
}

function keepSoon() {
  clearTimeout(timer);
  timer = setTimeout(keep, PAUSE);
}

function note({ target }) {
  if (!target.name || !target.matches(TEXT) || target.matches(NEVER) || !target.closest("form[method=post],[data-draft]")) return;
  typed.add(target);
  keepSoon();
}

// The server has taken a form without faults, or it is gone: what stands in it is typed no more.
function answered({ target }) {
  if (target !== window && target.matches("form")) {
    for (const control of typed) if (target.contains(control)) typed.delete(control);
  }
  keepSoon();
}

function leaving({ target }) {
  if (target.getAttribute("action") !== "/keluar") return;
  leave();
  tabs?.postMessage(LOGOUT);
}

// Listens in the page that is shown now; what was kept of another one is gone.
export function keepTyped() {
  forget();
  addEventListener("input", note, true);
  addEventListener("answered", answered, true);
  addEventListener("submit", leaving, true);
  keep();
  return () => {
    removeEventListener("input", note, true);
    removeEventListener("answered", answered, true);
    removeEventListener("submit", leaving, true);
    clearTimeout(timer);
    typed.clear();
  };
}

// At the login: the session has ended, so the page that was left is to come back. Says whether something was typed into it.
export function markEnded() {
  key = null;
  const found = stored();
  forget(DRAFT);
  if (found) store({ ...found, ended: true });
  return found?.typed ?? false;
}

// The page that was left, {path, fields}; null for none. What another person left behind can't be read, and is thrown away.
export async function readLeft() {
  const found = stored();
  if (!found?.ended || !key) return null;
  try {
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes(found.iv) }, key, bytes(found.data));
    return JSON.parse(new TextDecoder().decode(plain));
  } catch {
    forget();
    return null;
  }
}

function putBack(field) {
  const control = twins(field.name, field.form)[field.place];
  if (!control?.matches(TEXT) || control.matches(NEVER)) return false;
  if (control.value === field.value) return true;
  putting = true;
  putInto(control, field.value);
  putting = false;
  const dialog = field.dialog && document.getElementById(field.dialog);
  if (dialog && !dialog.open && dialog.contains(control)) dialog.showModal();
  return true;
}

// Puts what was typed back as soon as its fields are there (a part of a page may have to be opened first), and again while the page is
// still being filled, but never over what a person types meanwhile. `tell` hears whether fields are missing, whenever that changes.
export function giveBack(fields, tell) {
  const wanted = new Map(fields.map((field) => [field, 0])); // field -> when it was put back
  const begun = Date.now();
  let told = null;
  const put = () => {
    const now = Date.now();
    for (const [field, since] of wanted) {
      if (since && now - since > SETTLE) wanted.delete(field);
      else if (putBack(field) && !since) wanted.set(field, now);
    }
    const missing = [...wanted.values()].includes(0);
    if (missing !== told && (!missing || now - begun > SETTLE)) {
      told = missing;
      tell(missing);
    }
    if (!wanted.size) stop();
  };
  const edited = ({ target }) => {
    if (putting) return;
    for (const field of wanted.keys()) if (target.name === field.name && formOf(target) === field.form) wanted.delete(field);
  };
  const ticking = setInterval(put, 200);
  const stop = () => {
    clearInterval(ticking);
    removeEventListener("input", edited, true);
  };
  addEventListener("input", edited, true);
  put();
  return stop;
}
