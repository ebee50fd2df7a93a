// What has to happen in the browser itself: a button that answers at once, focus, dialogs, the connection line.
// Each export is wrapped in mysapk_web/ui/components/behaviour.py. Nothing here decides anything; the server does.
import {
  createContext,
  useContext,
  useEffect,
  useImperativeHandle,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import { useLocation } from "react-router";
import { EventLoopContext } from "$/utils/context";

const PATIENCE = 15000; // milliseconds without an answer until the button is freed
const UNANSWERED =
  "Belum ada jawaban dari sistem. Isian Anda tidak hilang; periksa koneksi lalu coba lagi.";

let asked = false; // a form was sent since this document was loaded: only then focus may move, only then a session is asked for
let visited = false; // a page was shown before this one without a new document
let lastForm = null; // the form that was sent last and may have to be sent again after a step-up
let waitingForm = null; // the form that was sent last, until its answer has come
const FormContext = createContext({ busy: false, answers: 0 });

const never = () => () => {};
const useReady = () => useSyncExternalStore(never, () => true, () => false);

const useMatch = (query) =>
  useSyncExternalStore(
    (changed) => {
      const media = matchMedia(query);
      media.addEventListener("change", changed);
      return () => media.removeEventListener("change", changed);
    },
    () => matchMedia(query).matches,
    () => false,
  );

// Whether there is room for a document in the page. Phones show no PDF in a frame, only in a tab of its own.
export const useWide = () => useMatch("(min-width: 60rem)");

export const useLost = () => {
  const errors = useContext(EventLoopContext)[1];
  const offline = useSyncExternalStore(
    (changed) => {
      addEventListener("online", changed);
      addEventListener("offline", changed);
      return () => {
        removeEventListener("online", changed);
        removeEventListener("offline", changed);
      };
    },
    () => !navigator.onLine,
    () => false,
  );
  return offline || errors.length > 0;
};

// Whether faults are told in the dialog around a form: not when they lead to what stands behind it.
function toldInDialog(form, faults) {
  const dialog = form?.closest("dialog");
  const names = Object.keys(faults);
  const behind = (name) => name && document.getElementById(name) && !dialog.contains(document.getElementById(name));
  return Boolean(dialog && names.length) && !names.some(behind);
}

// A form whose fields belong to the browser: what is typed is never lost and sent only with the form. `answers` is a counter
// of the server; while a form waits for it to change, further submits are ignored. A form in a dialog closes it with an answer
// without faults; its faults are told inside, and dropped with `onDismiss` when the dialog is closed nevertheless.
export function Form({ answers, faults, onSubmit, onDismiss, takesFocus, passing, children, ...rest }) {
  const [sent, setSent] = useState(null);
  const [refused, setRefused] = useState(null);
  const [late, setLate] = useState(false);
  const element = useRef(null);
  const lock = useRef(false);
  const lost = useLost();
  const busy = sent !== null && sent === answers;

  useEffect(() => {
    if (takesFocus && asked) element.current.querySelector("input:not([type=hidden]),select,textarea").focus();
  }, []);

  // For assets/typed.jsx: what was typed into a form that is gone is typed no more.
  useEffect(() => () => dispatchEvent(new Event("answered")), []);

  useEffect(() => {
    if (sent === null) return;
    const free = () => {
      lock.current = false;
      setSent(null);
    };
    if (sent !== answers) {
      free();
      waitingForm = null;
      if (!Object.keys(faults).length) element.current.dispatchEvent(new Event("answered", { bubbles: true })); // for assets/typed.jsx
      if (passing) element.current.reset();
      const dialog = element.current.closest("dialog");
      if (!dialog) return;
      if (!toldInDialog(element.current, faults)) dialog.close();
      else {
        if (!dialog.open) dialog.showModal(); // sent again after a step-up
        setRefused(answers);
      }
      return;
    }
    const timer = setTimeout(() => {
      free();
      setLate(true);
    }, PATIENCE);
    return () => clearTimeout(timer);
  }, [sent, answers]);

  const shown = refused !== null && refused === answers;
  useEffect(() => {
    const dialog = element.current.closest("dialog");
    if (!shown || !dialog) return;
    const dismiss = () => {
      setRefused(null);
      onDismiss();
    };
    dialog.addEventListener("close", dismiss, { once: true });
    return () => dialog.removeEventListener("close", dismiss);
  }, [shown]);

  const submit = (event) => {
    const { submitter } = event.nativeEvent;
    if (submitter?.formMethod === "dialog") return; // Batal: the browser closes the dialog
    event.preventDefault();
    event.stopPropagation();
    if (lock.current) return;
    if (lost) {
      setLate(true);
      return;
    }
    lock.current = asked = true;
    waitingForm = event.target;
    if (!passing) lastForm = event.target;
    setLate(false);
    setSent(answers);
    onSubmit(Object.fromEntries(new FormData(event.target)));
  };

  return (
    <FormContext.Provider value={{ busy, answers }}>
      <form {...rest} ref={element} method="post" noValidate onSubmit={submit}>
        {shown && <Summary faults={faults} answers={answers} />}
        {children}
        <p role="status" className={late ? "notice notice-warn" : "sr-only"}>
          {late ? UNANSWERED : busy ? "Sedang diproses." : ""}
        </p>
      </form>
    </FormContext.Provider>
  );
}

// Stays focusable while busy. Before the scripts run it is no submit button, so that nothing typed ends in an address line.
export function SubmitButton({ waiting, wait = 0, stamp = 0, children, ...rest }) {
  const { busy } = useContext(FormContext);
  const left = useCountdown(wait, stamp);
  const ready = useReady();
  return (
    <>
      <button
        {...rest}
        type={ready && !left ? "submit" : "button"}
        data-submits={ready ? undefined : ""}
        aria-disabled={busy || left > 0 || undefined}
        aria-busy={busy || undefined}
      >
        {busy ? waiting : children}
      </button>
      {left > 0 && <span className="help">Tersedia lagi dalam {left} detik.</span>}
    </>
  );
}

function useCountdown(wait, stamp) {
  const [left, setLeft] = useState(wait);
  useEffect(() => {
    const end = Date.now() + wait * 1000;
    const tick = () => {
      const seconds = Math.max(0, Math.ceil((end - Date.now()) / 1000));
      setLeft(seconds);
      if (!seconds) clearInterval(timer);
    };
    const timer = setInterval(tick, 500);
    tick();
    return () => clearInterval(timer);
  }, [wait, stamp]);
  return left;
}

// Hidden again as soon as the form is sent.
export function PasswordInput(props) {
  const { busy } = useContext(FormContext);
  const [shown, setShown] = useState(false);
  useEffect(() => {
    if (busy) setShown(false);
  }, [busy]);
  return (
    <div className="reveal">
      <input {...props} type={shown ? "text" : "password"} />
      <button type="button" className="button-quiet" aria-controls={props.id} onClick={() => setShown(!shown)}>
        {shown ? "Sembunyikan" : "Tampilkan"}
      </button>
    </div>
  );
}

// Fields of a filter belong to the browser, and follow the address when that changes: back, forward, another link.
function useFollow(value) {
  const element = useRef(null);
  useEffect(() => {
    element.current.value = value;
  }, [value]);
  return element;
}

export function UrlBoundInput({ value, ...rest }) {
  return <input {...rest} ref={useFollow(value)} defaultValue={value} />;
}

export function UrlBoundSelect({ value, children, ...rest }) {
  return (
    <select {...rest} ref={useFollow(value)} defaultValue={value}>
      {children}
    </select>
  );
}

// What concerns the whole form comes first, then field by field as they stand on the page.
function inOrderOfFields(entries) {
  if (entries.length < 2) return entries;
  const fields = [...document.querySelectorAll("[aria-invalid]")].map((field) => field.id);
  return entries.sort(([one], [other]) => fields.indexOf(one) - fields.indexOf(other));
}

// All faults in one place, with links to their fields. Takes the focus with each answer.
function Summary({ faults, answers }) {
  const element = useRef(null);
  useEffect(() => {
    // A dialog that closes with the same answer gives the focus back to its button: after that it goes here.
    if (asked) queueMicrotask(() => element.current?.focus());
  }, [answers]);
  const jump = (event, name) => {
    const field = document.getElementById(name);
    if (!field) return;
    event.preventDefault();
    field.focus();
  };
  return (
    <div ref={element} role="alert" tabIndex={-1} className="summary">
      <h2>Ada yang perlu diperbaiki</h2>
      <ul>
        {inOrderOfFields(Object.entries(faults)).map(([name, sentence]) => (
          <li key={name}>
            {name ? (
              <a href={"#" + name} onClick={(event) => jump(event, name)}>
                {sentence}
              </a>
            ) : (
              sentence
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

// What the last act led to, at the top of the page: its faults, or what went well. The faults of a form in a dialog are told
// there, unless the dialog has gone with the answer: what it was about is not there any more.
export function Outcome({ faults, notice, answers }) {
  const element = useRef(null);
  const told = useRef({});
  const [homeless, setHomeless] = useState(null);
  if (told.current.answers !== answers)
    told.current = { answers, form: toldInDialog(waitingForm, faults ?? {}) ? waitingForm : null };
  useEffect(() => {
    if (asked) queueMicrotask(() => element.current?.focus());
    if (told.current.form && !told.current.form.isConnected) setHomeless(answers);
  }, [answers]);
  const inDialog = told.current.form && homeless !== answers;
  if (Object.keys(faults ?? {}).length && !inDialog) return <Summary faults={faults} answers={answers} />;
  return (
    <div role="status">
      {notice && (
        <p ref={element} tabIndex={-1} className="notice notice-good done">
          {notice}
        </p>
      )}
    </div>
  );
}

// After a change of page without a new document the focus goes where the address says, or to the heading.
export function Main({ children, ...rest }) {
  const element = useRef(null);
  useEffect(() => {
    const named = location.hash && document.getElementById(location.hash.slice(1));
    const target = named || (visited && element.current.querySelector("h1"));
    visited = true;
    if (!target) return;
    target.closest("details")?.setAttribute("open", "");
    if (!target.matches("input,select,textarea,button,a,summary")) target.tabIndex = -1;
    target.focus();
  }, []);
  return (
    <main {...rest} ref={element}>
      {children}
    </main>
  );
}

// Posts the one-time ticket that the server gives to this page alone (`take_session`): it stands in no state and no address.
export function TicketForm({ ref, id }) {
  const element = useRef(null);
  useImperativeHandle(ref, () => ({
    set value(ticket) {
      element.current.elements[id].value = ticket;
      element.current.submit();
    },
  }));
  return (
    <form ref={element} method="post" action="/sesi" hidden>
      <input type="hidden" name={id} />
    </form>
  );
}

// The native modal dialog: keeps the focus inside, closes on Esc, gives the focus back. Open from the start, or by DialogButton.
export function Dialog({ open, onClose, children, ...rest }) {
  const element = useRef(null);
  useEffect(() => {
    if (open && !element.current.open) element.current.showModal();
  }, [open]);
  return (
    <dialog {...rest} ref={element} onClose={() => onClose?.()}>
      {children}
    </dialog>
  );
}

// Asks who sits at the screen, opened by the answer to the form that waits. It ends with its page: whoever leaves by Back, a link or
// the address line takes neither the dialog nor what was typed there along, and no other form is sent in place of the one that waited.
export function ReauthenticationDialog({ ref, children, ...rest }) {
  const element = useRef(null);
  const [asked, setAsked] = useState(0);
  const here = useLocation().key;

  useImperativeHandle(ref, () => ({
    set value(_) {
      setAsked((times) => times + 1); // opened after the answer was rendered, which closes the dialog of the act
    },
  }));

  useEffect(() => {
    if (asked && lastForm?.isConnected && !element.current.open) element.current.showModal();
  }, [asked]);

  useEffect(() => {
    const dialog = element.current;
    const drop = () => {
      lastForm = null;
      dialog.querySelector("form").reset();
      dialog.close();
    };
    addEventListener("pagehide", drop);
    return () => {
      removeEventListener("pagehide", drop);
      drop();
    };
  }, [here]);

  return (
    <dialog {...rest} ref={element} onClose={() => element.current.querySelector("form").reset()}>
      {children}
    </dialog>
  );
}

export function DialogButton({ opens, children, ...rest }) {
  return (
    <button {...rest} type="button" aria-haspopup="dialog" onClick={() => document.getElementById(opens).showModal()}>
      {children}
    </button>
  );
}

// Sends the last form once more, as it stands on the page, when `times` has gone up: password or code were shown meanwhile.
export function ResubmitForm({ times }) {
  const before = useRef(times);
  useEffect(() => {
    if (times > before.current && lastForm?.isConnected) lastForm.requestSubmit();
    before.current = times;
  }, [times]);
  return null;
}

// Asks again every so many seconds while it is active, but not for a page that nobody sees or a line that is down.
export function Polling({ active = true, every, onTick }) {
  const lost = useLost();
  const ask = useRef(onTick);
  ask.current = onTick;
  useEffect(() => {
    if (!active) return;
    const timer = setInterval(() => !document.hidden && !lost && ask.current(), every * 1000);
    return () => clearInterval(timer);
  }, [active, every, lost]);
  return null;
}

// For browser windows only: not in small ones, not in the installed app.
export function WebOnly({ children }) {
  return useMatch("(min-width: 768px) and (not (display-mode: standalone))") ? children : null;
}

export function Connection() {
  return (
    <div role="status" className="connection">
      {useLost() && "Koneksi terputus. Menyambung kembali ..., isian Anda tidak hilang."}
    </div>
  );
}
