// What the PDM pages do in the browser: a draft that saves itself, lists searched on the server.
// Each export is wrapped in mysapk_web/pdm/pages/components/widgets.py. Nothing here decides anything; the server does.
import { createContext, useContext, useEffect, useId, useMemo, useRef, useState } from "react";
import { useLost } from "$/public/behaviour.jsx";

const PAUSE = 600; // milliseconds without a key until a draft is saved
const PATIENCE = 12000; // milliseconds without an answer until a save counts as lost
const LOOK_UP = 250; // milliseconds without a key until a list is searched
const FRESH = 30000; // milliseconds that the last keystrokes are kept for a page that reloads

const kept = new Map(); // draft -> typed and not confirmed as stored; outlives the component, not the document

// The socket closes before a page unloads, so the last keystrokes stay in this tab until the page is back.
const STASH = "draf-";
function stash(ident, typed) {
  try {
    sessionStorage.setItem(STASH + ident, JSON.stringify({ typed, at: Date.now(), lost: false }));
  } catch {
    // The browser stores nothing; the user was asked before leaving.
  }
}
function takeKept(ident) {
  const found = kept.get(ident) ?? JSON.parse(sessionStorage.getItem(STASH + ident) ?? "null");
  kept.delete(ident);
  sessionStorage.removeItem(STASH + ident);
  const fresh = found && (found.lost || Date.now() - found.at < FRESH);
  return fresh ? found.typed : {};
}
const DraftContext = createContext({ change: () => {}, shown: {}, values: {}, dirty: {} }); // outside a draft nothing is saved

const met = (rule, values) => {
  if (!rule.field) return true;
  const value = String(values[rule.field] ?? "");
  if (rule.values.length) return rule.values.includes(value);
  const number = Number(value);
  if (value === "" || Number.isNaN(number)) return false;
  return (rule.least === "" || number >= Number(rule.least)) && (rule.most === "" || number <= Number(rule.most));
};

// A field that is hidden counts as empty for the fields that depend on it.
function shownFields(rules, values) {
  const seen = { ...values };
  const shown = {};
  for (const [name, rule] of Object.entries(rules)) {
    shown[name] = met(rule, seen);
    if (!shown[name]) seen[name] = "";
  }
  return shown;
}

const clockTime = (at) => new Date(at).toLocaleTimeString("id-ID", { hour: "2-digit", minute: "2-digit" });

function restore(element, wanted) {
  for (const [name, value] of Object.entries(wanted)) {
    for (const control of element.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (control.type === "radio") control.checked = control.value === value;
      else if (control.type !== "hidden" && control.value !== value) {
        control.value = value;
        control.dispatchEvent(new Event("restored"));
      }
    }
  }
}

// Saves what is typed after each pause: only what changed, one event at a time. `saved` is the server's answer: `stamp`
// changes with every answer, `loaded` distinguishes the answer to loading the page from that to a save.
export function DraftForm({ ident, saved, answers, values, rules, writable, onSave, children }) {
  const element = useRef(null);
  const lost = useLost();
  const [typed, setTyped] = useState({});
  const [phase, setPhase] = useState("still"); // still, waiting, sent, slow, failed, refused
  const work = useRef({ dirty: {}, flight: null, timer: 0, patience: 0, slow: 0 }).current;
  const now = useRef(null);
  now.current = { lost, saved, onSave, writable };

  const unsaved = () => work.flight !== null || Object.keys(work.dirty).length > 0;
  const plan = (after) => {
    clearTimeout(work.timer);
    work.timer = setTimeout(flush, after);
  };
  const giveBack = () => {
    work.dirty = { ...work.flight, ...work.dirty };
    work.flight = null;
    clearTimeout(work.patience);
    clearTimeout(work.slow);
  };
  function flush() {
    clearTimeout(work.timer);
    if (work.flight || !Object.keys(work.dirty).length || now.current.lost) return;
    work.flight = work.dirty;
    work.dirty = {};
    now.current.onSave({ usulan: ident, version: now.current.saved.version, values: work.flight });
    work.slow = setTimeout(() => setPhase("slow"), 400);
    work.patience = setTimeout(() => {
      giveBack();
      setPhase("failed");
      plan(3000);
    }, PATIENCE);
  }
  const change = (name, value) => {
    if (!writable || !name) return;
    setTyped((before) => (before[name] === value ? before : { ...before, [name]: value }));
    work.dirty[name] = value;
    setPhase("waiting");
    plan(PAUSE);
  };

  useEffect(() => {
    element.current.holds = (name) => name in work.dirty || name in (work.flight ?? {}); // asked by assets/typed.jsx
    work.dirty = takeKept(ident);
    setTyped({ ...work.dirty });
    restore(element.current, work.dirty);
    if (unsaved()) plan(0);
    return () => {
      clearTimeout(work.timer);
      clearTimeout(work.patience);
      clearTimeout(work.slow);
      if (!unsaved()) return;
      const rest = { ...work.flight, ...work.dirty };
      kept.set(ident, { typed: rest, at: Date.now(), lost: now.current.lost });
      stash(ident, rest); // whether it arrives is not heard here any more
      if (!now.current.lost && now.current.writable && !work.flight) {
        now.current.onSave({ usulan: ident, version: now.current.saved.version, values: rest });
      }
    };
  }, [ident]);

  useEffect(() => {
    if (saved.loaded) {
      // The page may show what this tab knew before: stored values win, except where someone has typed since.
      if (work.flight) giveBack();
      setTyped({ ...work.dirty });
      restore(element.current, { ...values, ...work.dirty });
      if (unsaved()) plan(0);
      return;
    }
    if (!work.flight) return;
    if (!saved.ok) {
      giveBack();
      setPhase("refused");
      return;
    }
    work.flight = null;
    clearTimeout(work.patience);
    clearTimeout(work.slow);
    if (Object.keys(work.dirty).length) plan(0);
    else setPhase("still");
    element.current.dispatchEvent(new Event("answered", { bubbles: true })); // for assets/typed.jsx
  }, [saved.stamp]);

  useEffect(() => {
    if (!work.flight) return;
    giveBack();
    setPhase("failed");
    plan(5000);
  }, [answers]);

  useEffect(() => {
    if (lost && work.flight) giveBack();
    if (!lost && unsaved()) plan(1500); // the answer to opening the page anew comes first
  }, [lost]);

  useEffect(() => {
    const leave = (event) => {
      if (!unsaved()) return;
      event.preventDefault();
      plan(PAUSE); // runs when the person stays
    };
    const gone = () => unsaved() && stash(ident, { ...work.flight, ...work.dirty });
    const hide = () => document.visibilityState === "hidden" && flush();
    addEventListener("beforeunload", leave);
    addEventListener("pagehide", gone);
    document.addEventListener("visibilitychange", hide);
    return () => {
      removeEventListener("beforeunload", leave);
      removeEventListener("pagehide", gone);
      document.removeEventListener("visibilitychange", hide);
    };
  }, [ident]);

  const everything = useMemo(() => ({ ...values, ...typed }), [values, typed]);
  const shown = useMemo(() => shownFields(rules, everything), [rules, everything]);
  const listen = (event) => {
    const { name, type, value } = event.target;
    if (name && type !== "file" && !event.target.closest("[data-own-change]")) change(name, value);
  };

  let words = saved.at ? `Tersimpan otomatis pukul ${clockTime(saved.at)}` : "Isian disimpan otomatis saat Anda mengetik.";
  let kind = "good";
  if (phase === "refused") [words, kind] = [`Belum tersimpan: ${saved.sentence}`, "bad"];
  else if (lost && phase !== "still") [words, kind] = ["Belum tersimpan: koneksi terputus. Dikirim lagi setelah tersambung.", "bad"];
  else if (phase === "failed") [words, kind] = ["Belum tersimpan: sistem belum menjawab. Dicoba lagi sebentar lagi.", "bad"];
  else if (phase === "slow") [words, kind] = ["Menyimpan ...", "plain"];
  else if (phase === "waiting") kind = "plain";

  const typing = phase === "waiting" && !lost; // seen at once, but not said again with every key
  return (
    <DraftContext.Provider value={{ change, shown, values: everything, dirty: work.dirty }}>
      <div ref={element} data-draft onChange={listen}>
        {children}
      </div>
      {writable && (
        <p className={`draft-status draft-${kind}`}>
          <span role="status" className={typing ? "sr-only" : undefined}>
            {words}
          </span>
          {typing && <span aria-hidden="true">Menyimpan ...</span>}
        </p>
      )}
    </DraftContext.Provider>
  );
}

// A field or section, shown while its condition holds. What was typed stays in it.
export function ConditionalField({ name, names, children, ...rest }) {
  const draft = useContext(DraftContext);
  const open = names ? names.some((each) => draft.shown[each] !== false) : draft.shown[name] !== false;
  return (
    <div {...rest} hidden={!open}>
      {children}
    </div>
  );
}

export function OnFileValue({ name, value, differs, children }) {
  const typed = useContext(DraftContext).values[name] ?? value;
  return differs || typed !== value ? <p className="help on-file">{children}</p> : null;
}

// WAI-ARIA combobox whose list the server searches; the form gets the code, people see the label.
export function Combobox({ name, value, text, found, onSearch, around, parent, ...rest }) {
  const draft = useContext(DraftContext);
  const list = useId();
  const [chosen, setChosen] = useState({ value, text });
  const [typed, setTyped] = useState(text);
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const timer = useRef(0);
  const box = useRef(null);
  const mine = found.field === name && found.text === typed.trim() ? found : null;
  const options = open && mine ? mine.options : [];

  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    if (name in draft.dirty) return;
    setChosen({ value, text });
    setTyped(text);
  }, [value, text]);
  useEffect(() => {
    if (at >= 0) box.current?.querySelector(`[id="${CSS.escape(`${list}-${at}`)}"]`)?.scrollIntoView({ block: "nearest" });
  }, [at]);

  const ask = (what, after) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onSearch({ field: name, text: what.trim(), parent: around ? (draft.values[around] ?? "") : parent }), after);
  };
  const choose = (option) => {
    clearTimeout(timer.current);
    setChosen({ value: option.value, text: option.label });
    setTyped(option.label);
    setOpen(false);
    setAt(-1);
    draft.change(name, option.value);
  };
  const type = (event) => {
    setTyped(event.target.value);
    setOpen(true);
    setAt(-1);
    ask(event.target.value, LOOK_UP);
  };
  const show = () => {
    setOpen(true);
    if (!mine) ask(typed, 0);
  };
  const leave = () => {
    setOpen(false);
    clearTimeout(timer.current);
    if (typed.trim() === "" && chosen.value !== "") choose({ value: "", label: "" });
    else setTyped(chosen.text);
  };
  const press = (event) => {
    const last = options.length - 1;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) show();
      else if (event.key === "ArrowDown") setAt(at >= last ? 0 : at + 1);
      else setAt(at <= 0 ? last : at - 1);
    } else if (event.key === "Enter" && open && at >= 0) {
      event.preventDefault();
      choose(options[at]);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      event.stopPropagation();
      setOpen(false);
      setAt(-1);
    }
  };

  let said = "";
  if (open && mine) {
    said = options.length ? `${options.length} pilihan. Gunakan panah bawah.` : "Tidak ada yang cocok. Coba kata lain.";
    if (mine.more) said = `${options.length} pilihan pertama. Ketik lebih lengkap untuk mempersempit.`;
  } else if (open) said = "Mencari ...";
  return (
    <div className="combobox" data-own-change ref={box}>
      <input type="hidden" name={name} value={chosen.value} />
      <input
        {...rest}
        role="combobox"
        aria-expanded={open && options.length > 0}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={open && at >= 0 ? `${list}-${at}` : undefined}
        autoComplete="off"
        value={typed}
        onChange={type}
        onKeyDown={press}
        onClick={show}
        onBlur={leave}
      />
      <ul id={list} role="listbox" aria-label="Pilihan" hidden={options.length === 0}>
        {options.map((option, index) => (
          <li
            key={option.value}
            id={`${list}-${index}`}
            role="option"
            aria-selected={index === at}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => choose(option)}
          >
            {option.label}
          </li>
        ))}
      </ul>
      <p role="status" className={open ? "help combobox-said" : "sr-only"}>
        {said}
      </p>
    </div>
  );
}

// A list item named by the URL gets the focus once it is rendered: content arrives after the page.
export function NamedItem({ ident, children, ...rest }) {
  const element = useRef(null);
  const named = location.hash.slice(1) === ident;
  useEffect(() => {
    if (named) element.current.focus();
  }, [named]);
  return (
    <li {...rest} ref={element} id={ident} tabIndex={named ? -1 : undefined}>
      {children}
    </li>
  );
}

// Until the server has answered, the state still belongs to the previous URL: show it only if it belongs to this one.
export function RouteGuard({ last, instead, children }) {
  return location.pathname.split("/").filter(Boolean).pop() === String(last) ? children : instead;
}
