// Fields that browsers show in their own language, in the words and the order of the portal: days and files.
// DateInput is wrapped in mysapk_web/ui/components/dates.py; FileInput is used by other scripts.
import { useEffect, useRef, useState } from "react";
import { putInto } from "$/public/early.jsx";

const MONTHS =
  "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember".split(" ");
const two = (number) => String(number).padStart(2, "0");

// What mysapk_web/organisation/rules/dates.py reads, as [year, month, day]; null where it is no day.
function readDay(text) {
  const typed = text.trim().replace(/[\u2010-\u2015\u2212]/g, "-");
  const first = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(typed);
  const last = /^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})$/.exec(typed) ?? /^(\d{2})(\d{2})(\d{4})$/.exec(typed);
  const parts = first ? first.slice(1).map(Number) : last ? last.slice(1).map(Number).reverse() : null;
  if (!parts) return null;
  const day = new Date(Date.UTC(parts[0], parts[1] - 1, parts[2]));
  return day.getUTCMonth() === parts[1] - 1 && day.getUTCDate() === parts[2] ? parts : null;
}

// A day that is typed day first, said in words, so that day and month are never taken for each other. The calendar of the browser
// only fills the field: a field of type "date" would show the order of the browser's language.
export function DateInput({ value, label, ...rest }) {
  const input = useRef(null);
  const calendar = useRef(null);
  const shown = useRef(value ?? "");
  const [text, setText] = useState(value ?? "");
  const [picks, setPicks] = useState(false);

  useEffect(() => {
    const element = input.current;
    const look = () => setText(element.value);
    look(); // typed before the scripts were there
    setPicks("showPicker" in HTMLInputElement.prototype);
    element.addEventListener("restored", look); // a draft has put back what was typed
    return () => element.removeEventListener("restored", look);
  }, []);
  useEffect(() => {
    if (shown.current === (value ?? "")) return;
    shown.current = input.current.value = value ?? "";
    setText(input.current.value);
  }, [value]);

  const open = () => {
    const parts = readDay(input.current.value);
    calendar.current.value = parts ? `${String(parts[0]).padStart(4, "0")}-${two(parts[1])}-${two(parts[2])}` : "";
    calendar.current.showPicker();
  };
  const choose = (event) => {
    event.stopPropagation();
    const [year, month, day] = event.target.value.split("-");
    if (!day) return;
    putInto(input.current, `${day}-${month}-${year}`);
    input.current.focus();
  };
  const parts = readDay(text);
  return (
    <>
      <div className="date-input">
        <input {...rest} ref={input} type="text" inputMode="numeric" autoComplete="off" defaultValue={value} onChange={(event) => setText(event.target.value)} />
        {picks && (
          <>
            <button type="button" className="date-open" onClick={open}>
              <svg viewBox="0 0 24 24" aria-hidden="true">
                <path d="M4 6h16v14H4zM4 10.5h16M8 3v5M16 3v5" />
              </svg>
              <span className="sr-only">Pilih {label} dari kalender</span>
            </button>
            <input ref={calendar} type="date" tabIndex={-1} aria-hidden="true" onChange={choose} />
          </>
        )}
      </div>
      <p className={parts ? "help date-words said" : "help date-words"}>{parts ? `${parts[2]} ${MONTHS[parts[1] - 1]} ${parts[0]}` : "\u00a0"}</p>
    </>
  );
}

// A file field lies invisible over its own words, so that it can be clicked, dropped on and reached by keys as ever.
export function FileInput({ input, chosen, ...rest }) {
  return (
    <div className="file-input">
      <span className="button button-secondary" aria-hidden="true">
        Pilih berkas
      </span>
      {chosen !== undefined && <span className="file-name">{chosen || "Belum ada berkas yang dipilih"}</span>}
      <input {...rest} ref={input} type="file" />
    </div>
  );
}
