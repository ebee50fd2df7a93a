// Takes over from mysapk_web/app/early_input.js, which keeps what a person does before the scripts are there.
// Wrapped in mysapk_web/ui/components/behaviour.py.
import { useEffect, useLayoutEffect } from "react";

const LONGEST = 15000; // milliseconds that an early act waits for the data of the page

// React takes notice of a value only when it differs from the one it has seen last, so it has to see another one first.
export function putInto(control, value) {
  const { set } = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(control), "value");
  const { selectionStart, selectionEnd } = control;
  if (!control.matches("select")) control.value = "";
  set.call(control, value);
  if (control === document.activeElement && selectionStart != null) control.setSelectionRange(selectionStart, selectionEnd);
  control.dispatchEvent(new Event("input", { bubbles: true }));
  control.dispatchEvent(new Event("change", { bubbles: true }));
}

const standsFor = (element) => (element.isConnected ? element : element.id && document.getElementById(element.id));

function repeat(element) {
  if (!element.isConnected) return;
  if (element.matches("form")) element.requestSubmit();
  else element.click();
}

// Last on a page: by then all others have done what they do at their start. `loaded` is true once the data of the page are there:
// an act before that would be answered into a page that is only being filled.
export function EarlyInput({ loaded }) {
  useLayoutEffect(() => window.earlyInput?.takeOver(), []);
  useEffect(() => {
    for (const [control, value] of window.earlyInput?.typed ?? []) {
      const here = standsFor(control);
      if (here && !here.matches("[type=checkbox],[type=radio],[type=file]")) putInto(here, value);
    }
    window.earlyInput?.typed.clear();
  }, []);
  useEffect(() => {
    if (!window.earlyInput) return;
    const timer = setTimeout(
      () => {
        const acts = window.earlyInput?.take() ?? [];
        delete window.earlyInput;
        acts.forEach(repeat);
      },
      loaded ? 0 : LONGEST,
    );
    return () => clearTimeout(timer);
  }, [loaded]);
  return null;
}
