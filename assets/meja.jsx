// What the pages of verification do in the browser itself: keys that can be switched off, and documents beside the data.
// Each export is wrapped in mysapk_web/verification/pages/components/review.py. Nothing here decides anything; the server does.
import { useEffect, useState } from "react";
import { useWide } from "$/public/behaviour.jsx";

const KEPT = "pintasan";
const isOn = () => {
  try {
    return localStorage.getItem(KEPT) !== "mati";
  } catch {
    return true;
  }
};

const taken = (event) =>
  event.defaultPrevented ||
  event.ctrlKey ||
  event.metaKey ||
  event.altKey ||
  event.target.closest("input, textarea, select, [contenteditable], dialog") ||
  document.querySelector("dialog[open]");

// One step along the rows; from outside them to the first or the last.
function step(forward) {
  const rows = [...document.querySelectorAll("[data-baris]")];
  const here = rows.indexOf(document.activeElement);
  const next = here < 0 ? (forward ? 0 : rows.length - 1) : here + (forward ? 1 : -1);
  rows[next]?.focus();
  rows[next]?.scrollIntoView({ block: "nearest" });
}

// Single keys act only while they are switched on (WCAG 2.1.4), and never while somebody types.
export function Shortcuts({ keys }) {
  const [on, setOn] = useState(true);
  useEffect(() => setOn(isOn()), []);
  useEffect(() => {
    if (!on) return;
    const press = (event) => {
      if (event.key.length !== 1 || taken(event)) return;
      const key = event.key.toLowerCase();
      const target = document.querySelector(`[data-pintasan="${CSS.escape(key)}"]`);
      if (target) {
        event.preventDefault();
        target.focus();
        target.click();
      } else if (key === "j" || key === "k") {
        event.preventDefault();
        step(key === "j");
      }
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [on]);
  const turn = (event) => {
    setOn(event.target.checked);
    try {
      localStorage.setItem(KEPT, event.target.checked ? "hidup" : "mati");
    } catch {
      // A browser that keeps nothing: it counts until the page is left.
    }
  };
  return (
    <section className="shortcuts" aria-label="Pintasan papan ketik">
      <label>
        <input type="checkbox" checked={on} onChange={turn} /> Pintasan papan ketik
      </label>
      {on && (
        <ul>
          {keys.map(([key, words]) => (
            <li key={key}>
              <kbd>{key}</kbd> {words}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

// The documents of a proposal, one at a time beside the data. Small screens show no PDF in a page, but in a tab of its own.
export function Documents({ documents }) {
  const wide = useWide();
  const [chosen, setChosen] = useState(0);
  useEffect(() => setChosen(0), [documents.map((each) => each.href).join()]);
  const shown = documents[chosen] ?? documents[0];
  return (
    <div className="viewer">
      <ul className="viewer-list">
        {documents.map((each, index) => (
          <li key={each.href}>
            {wide && (
              <button
                type="button"
                className="button button-secondary"
                aria-pressed={each === shown}
                onClick={() => setChosen(index)}
              >
                {each.label}
              </button>
            )}
            {!wide && <strong>{each.label}</strong>}
            <span className="help">
              {each.name} ({each.about})
            </span>
            <span className="viewer-links">
              <a href={`${each.href}/lihat`} target="_blank" rel="noopener">
                Buka di tab baru <span className="sr-only">{each.label}</span>
              </a>
              <a href={each.href} download="">
                Unduh <span className="sr-only">{each.label}</span>
              </a>
            </span>
          </li>
        ))}
      </ul>
      {wide && shown && <iframe src={`${shown.href}/lihat`} title={shown.label} />}
    </div>
  );
}
