// Documents of a usulan: sent to their own route with progress, shown inside the page.
// Each export is wrapped in mysapk_web/pdm/pages/components/widgets.py. Nothing here decides anything; the server does.
import { useEffect, useRef, useState } from "react";
import { useWide } from "$/public/behaviour.jsx";
import { FileInput } from "$/public/fields.jsx";

const sizeOf = (bytes) =>
  bytes >= 1048576
    ? `${(bytes / 1048576).toLocaleString("id-ID", { maximumFractionDigits: 1 })} MB`
    : `${Math.ceil(bytes / 1024).toLocaleString("id-ID")} KB`;

// Sends one file as it is to a route of its own, and says how far it is.
export function Upload({ to, limit, label, again, onStored, ...rest }) {
  const [state, setState] = useState({ phase: "still", words: "", part: 0 });
  const request = useRef(null);
  const input = useRef(null);
  useEffect(() => () => request.current?.abort(), []);

  const fail = (words) => {
    request.current = null;
    if (input.current) input.current.value = "";
    setState({ phase: "failed", words, part: 0 });
  };
  const send = (event) => {
    const file = event.target.files[0];
    if (!file) return;
    if (file.size > limit) return fail(`Berkas ini ${sizeOf(file.size)}. Ukuran paling besar ${sizeOf(limit)}.`);
    if (file.type && file.type !== "application/pdf") return fail("Berkas harus PDF. Simpan atau pindai ulang sebagai PDF.");
    const call = new XMLHttpRequest();
    request.current = call;
    setState({ phase: "sent", words: "", part: 0 });
    call.upload.onprogress = (step) =>
      step.lengthComputable && setState({ phase: "sent", words: "", part: Math.floor((100 * step.loaded) / step.total) });
    call.onerror = () => fail("Berkas belum terkirim: koneksi terputus. Pilih berkasnya lagi.");
    call.onload = () => {
      let answer;
      try {
        answer = JSON.parse(call.responseText);
      } catch {
        answer = null;
      }
      if (!answer?.ok) return fail(answer?.sentence || "Berkas belum tersimpan karena gangguan. Coba lagi beberapa menit lagi.");
      request.current = null;
      if (input.current) input.current.value = "";
      setState({ phase: "done", words: `${file.name} tersimpan.`, part: 0 });
      onStored();
    };
    call.open("POST", to);
    call.setRequestHeader("content-type", "application/pdf");
    call.setRequestHeader("x-nama-berkas", encodeURIComponent(file.name));
    call.send(file);
  };
  const stop = () => {
    request.current?.abort();
    fail("Pengunggahan dibatalkan.");
  };
  const busy = state.phase === "sent";
  return (
    <div className="upload">
      <label htmlFor={rest.id}>
        {again ? "Ganti dokumen" : "Unggah dokumen"} <span className="sr-only">{label}</span>
      </label>
      <p className="help" id={`${rest.id}-batas`}>
        PDF, paling besar {sizeOf(limit)}.
      </p>
      <FileInput
        {...rest}
        input={input}
        accept="application/pdf,.pdf"
        aria-describedby={`${rest.id}-batas ${rest.id}-hasil`}
        disabled={busy}
        onChange={send}
      />
      {busy && (
        <div className="upload-progress">
          <progress max="100" value={state.part} aria-label={`Mengunggah ${label}`} />
          <span>{state.part < 100 ? `${state.part} %` : "Memeriksa berkas ..."}</span>
          <button type="button" className="button-quiet" onClick={stop}>
            Batal
          </button>
        </div>
      )}
      <p role={state.phase === "failed" ? "alert" : "status"} id={`${rest.id}-hasil`} className={state.phase === "failed" ? "fault" : "help"}>
        {state.words}
      </p>
    </div>
  );
}

// Shows a document inside the page, in the viewer of the browser; where there is no room, and always beside it, in a tab of its own.
export function DocumentView({ src, label }) {
  const [open, setOpen] = useState(false);
  const wide = useWide();
  return (
    <div className="document-view">
      {wide && (
        <button type="button" className="button-quiet" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? "Tutup" : "Lihat"} <span className="sr-only">{label}</span>
        </button>
      )}
      <a className="button-quiet" href={`${src}/lihat`} target="_blank" rel="noopener">
        Buka di tab baru <span className="sr-only">{label}</span>
      </a>
      {wide && open && <iframe src={`${src}/lihat`} title={label} />}
    </div>
  );
}
