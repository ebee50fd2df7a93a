// Warns before a session ends, lets the person stay with one key, and leads back after a login (WCAG 2.2.1).
// The server alone knows when a session ends; asking it is no act and prolongs nothing. Wrapped in mysapk_web/ui/components/session_end.py.
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { giveBack, keep, keepTyped, markEnded, readLeft, tabs, unlock } from "$/public/typed.jsx";

const LOOK_AGAIN = 5000; // milliseconds between two looks while the warning is shown: another tab may have been used
const RETRY = 20000; // milliseconds until a server is asked again that did not answer
const SPOKEN = [60, 30, 10]; // seconds left at which a screen reader is told again
const ENDED = "/masuk?sesi=berakhir";

let session = null; // {end, warning} in milliseconds, as last told in this document
let returning = false; // on the way to the page that was left

async function ask(extend) {
  try {
    const answer = await (extend ? fetch("/sesi/perpanjang", { method: "POST" }) : fetch("/sesi"));
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

// What is not saved is kept, so a draft has nothing to ask before its page is left.
async function goToLogin() {
  await keep();
  addEventListener("beforeunload", (event) => event.stopImmediatePropagation(), true);
  location.assign(ENDED);
}

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

// `due` is the end of the session while there is something to warn of: {at, extendable}.
function useSession() {
  const [due, setDue] = useState(null);
  const [alive, setAlive] = useState(false);
  const work = useRef({ timer: 0, shown: true, asked: 0 }).current;

  const later = (after, extend) => {
    clearTimeout(work.timer);
    work.timer = setTimeout(() => look(extend), after);
  };
  const look = async (extend) => {
    work.asked = Date.now();
    const told = await ask(extend);
    if (!work.shown) return told;
    if (!told) {
      later(RETRY);
    } else if (!told.alive) {
      // A page that never had a session is led to the login by its own handlers.
      if (session) goToLogin();
    } else {
      if (!session) await unlock(told.key);
      session = { end: Date.now() + told.left * 1000, warning: told.warning * 1000 };
      if (!work.shown) return told;
      setAlive(true);
      const until = (told.left - told.warning) * 1000;
      setDue(until > 0 ? null : { at: session.end, extendable: told.extendable });
      later(Math.min(until > 0 ? until : LOOK_AGAIN, told.left * 1000) + 50);
    }
    return told;
  };

  useEffect(() => {
    work.shown = true;
    const until = session ? session.end - session.warning - Date.now() : 0;
    if (until > 0) {
      setAlive(true);
      later(until);
    } else look();
    // The timers of a tab in the background are late, those of a machine that slept have stood still.
    const seen = () => document.visibilityState === "visible" && Date.now() - work.asked > LOOK_AGAIN && look();
    const heard = ({ data }) => data === "" && look();
    document.addEventListener("visibilitychange", seen);
    tabs?.addEventListener("message", heard);
    return () => {
      work.shown = false;
      clearTimeout(work.timer);
      document.removeEventListener("visibilitychange", seen);
      tabs?.removeEventListener("message", heard);
    };
  }, []);

  const stay = async () => {
    const told = await look(true);
    if (told?.alive) tabs?.postMessage("");
    return told !== null;
  };
  return { due, alive, stay };
}

function useSecondsLeft(at) {
  const left = () => Math.max(0, Math.round((at - Date.now()) / 1000));
  const [seconds, setSeconds] = useState(left);
  useEffect(() => {
    setSeconds(left());
    const timer = setInterval(() => setSeconds(left()), 1000);
    return () => clearInterval(timer);
  }, [at]);
  return seconds;
}

// Where the absolute end is near and was read about: the page can be used, and the time stays in view.
function LastMinutes({ seconds, spoken }) {
  return (
    <section className="connection" aria-label="Sisa waktu sesi">
      Sesi Anda berakhir dalam {clock(seconds)}. Simpan isian Anda.
      <span role="status" className="sr-only">
        {spoken}
      </span>
    </section>
  );
}

function Alert({ extendable, seconds, spoken, onAnswer }) {
  const [unanswered, setUnanswered] = useState(false);
  const element = useRef(null);
  // Closed before it is taken out of the page: only then the browser gives the focus back.
  useLayoutEffect(() => {
    const dialog = element.current;
    dialog.showModal();
    return () => dialog.close();
  }, []);
  // Esc and the button say the same: somebody is there.
  const answer = async (event) => {
    event.preventDefault();
    const heard = await onAnswer();
    setUnanswered(!heard);
    if (!heard && element.current && !element.current.open) element.current.showModal();
  };
  return (
    <dialog
      ref={element}
      className="dialog"
      role="alertdialog"
      aria-labelledby="sesi-judul"
      aria-describedby="sesi-penjelasan"
      onCancel={answer}
    >
      <h2 id="sesi-judul">Sesi Anda hampir berakhir</h2>
      <div id="sesi-penjelasan">
        <p>
          {extendable
            ? "Sudah lama tidak ada kegiatan. Pilih Tetap masuk kalau Anda masih bekerja; kalau tidak, Anda dikeluarkan demi keamanan."
            : "Batas lama sesi segera tercapai dan tidak dapat diperpanjang. Simpan isian Anda sekarang, lalu masuk lagi setelah sesi berakhir."}
        </p>
        <p className="help">Setelah masuk lagi Anda kembali ke halaman ini.</p>
      </div>
      <p className="session-clock" aria-hidden="true">
        {clock(seconds)}
      </p>
      <p role="status" className="sr-only">
        {spoken}
      </p>
      {unanswered && (
        <p role="alert" className="notice notice-warn">
          Belum ada jawaban dari sistem. Periksa koneksi, lalu coba lagi.
        </p>
      )}
      <div className="buttons">
        <button type="button" className="button button-primary" onClick={answer}>
          {extendable ? "Tetap masuk" : "Kembali ke halaman"}
        </button>
        <form method="post" action="/keluar">
          <button type="submit" className="button button-secondary">
            Keluar
          </button>
        </form>
      </div>
    </dialog>
  );
}

function Warning({ due, stay }) {
  const [seen, setSeen] = useState(false);
  const seconds = useSecondsLeft(due.at);
  const near = SPOKEN.filter((each) => seconds <= each).pop();
  const spoken = near ? `Sesi berakhir dalam ${near} detik.` : "";
  const goBack = async () => {
    setSeen(true);
    return true;
  };
  if (seen && !due.extendable) return <LastMinutes seconds={seconds} spoken={spoken} />;
  return (
    <Alert extendable={due.extendable} seconds={seconds} spoken={spoken} onAnswer={due.extendable ? stay : goBack} />
  );
}

// A page of this portal: an address without host, which the routes of the portal then know or not.
const isInternal = (path) => path.startsWith("/") && new URL(path, location.origin).origin === location.origin;

const BACK = "Anda kembali ke halaman terakhir. Yang Anda ketik sebelum sesi berakhir sudah diisikan lagi; periksa, lalu lanjutkan.";
const OPEN_AGAIN =
  "Anda kembali ke halaman terakhir. Buka lagi bagian yang tadi Anda isi: yang Anda ketik sebelum sesi berakhir diisikan di sana.";

// What the person left when the session ended: leads back to its page once, then puts back what was typed there.
function useReturn(alive) {
  const [notice, setNotice] = useState("");
  const navigate = useNavigate();
  useEffect(() => {
    if (!alive) return;
    let shown = true;
    let ends = [];
    (async () => {
      const left = await readLeft();
      if (!shown) return;
      if (left && !returning && left.path !== location.pathname + location.search && isInternal(left.path)) {
        returning = true; // once: a page that leads elsewhere by itself is not fought
        navigate(left.path, { replace: true });
        return;
      }
      returning = false;
      if (left) tabs?.postMessage("");
      ends = [keepTyped()];
      if (left?.fields.length && left.path.split("?")[0] === location.pathname) {
        ends.push(giveBack(left.fields, (missing) => setNotice(missing ? OPEN_AGAIN : BACK)));
      }
    })();
    return () => {
      shown = false;
      for (const end of ends) end();
    };
  }, [alive]);
  return notice;
}

// In the frame of every page of a person who is logged in.
export function SessionEnd() {
  const { due, alive, stay } = useSession();
  const notice = useReturn(alive);
  return (
    <>
      {due && <Warning due={due} stay={stay} />}
      <div role="status" className="wrap">
        {notice && <p className="notice notice-good mt-6">{notice}</p>}
      </div>
    </>
  );
}

// At the login: says that what was typed is still there, and goes on when the person has logged in in another tab.
export function LeftTyped() {
  const [typed, setTyped] = useState(false);
  useEffect(() => {
    session = null;
    setTyped(markEnded());
    const heard = async ({ data }) => data === "" && (await ask())?.alive && location.reload();
    tabs?.addEventListener("message", heard);
    return () => tabs?.removeEventListener("message", heard);
  }, []);
  return (
    <div role="status">
      {typed && (
        <p className="notice notice-info mb-8">Yang Anda ketik masih disimpan di peramban ini dan diisikan lagi setelah Anda masuk.</p>
      )}
    </div>
  );
}
