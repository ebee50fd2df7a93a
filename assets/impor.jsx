// What `/admin/email` does in the browser itself: a list sent as a raw body with its progress, and looking again while a run works.
// Each export is wrapped in mysapk_web/administration/pages/email/behaviour.py. Nothing here decides anything; the server does.
import { useEffect, useRef, useState } from "react";
import { FileInput } from "$/public/fields.jsx";

const MEGABYTE = 1048576;
const BROKEN = "Berkas belum terkirim: koneksi terputus. Unggah lagi.";
const FAULTY = "Berkas belum diproses karena gangguan. Coba lagi beberapa menit lagi.";

// The file stays in its field; it is sent when `go` goes up, which the server does once the person may import.
export function ListUpload({ go, to, limit, onStored, ...rest }) {
  const [state, setState] = useState({ busy: false, words: "", part: 0 });
  const [chosen, setChosen] = useState("");
  const input = useRef(null);
  const request = useRef(null);
  const seen = useRef(go);
  useEffect(() => () => request.current?.abort(), []);

  const fail = (words) => {
    request.current = null;
    setState({ busy: false, words, part: 0 });
  };
  const send = () => {
    const file = input.current.files[0];
    if (!file) return fail("Pilih berkas CSV atau XLSX lebih dulu.");
    if (file.size > limit) return fail(`Berkas lebih dari ${Math.floor(limit / MEGABYTE)} MB. Bagi menjadi beberapa berkas.`);
    const call = new XMLHttpRequest();
    request.current = call;
    setState({ busy: true, words: "", part: 0 });
    call.upload.onprogress = (step) =>
      step.lengthComputable && setState({ busy: true, words: "", part: Math.floor((100 * step.loaded) / step.total) });
    call.onerror = () => fail(BROKEN);
    call.onload = () => {
      let answer;
      try {
        answer = JSON.parse(call.responseText);
      } catch {
        answer = null;
      }
      if (!answer?.ok) return fail(answer?.sentence || FAULTY);
      request.current = null;
      input.current.value = "";
      setChosen("");
      setState({ busy: false, words: "", part: 0 });
      onStored(answer.run);
    };
    call.open("POST", to);
    call.setRequestHeader("content-type", "application/octet-stream");
    call.setRequestHeader("x-nama-berkas", encodeURIComponent(file.name));
    call.send(file);
  };
  useEffect(() => {
    if (go === seen.current) return;
    seen.current = go;
    if (!request.current) send();
  }, [go]);

  return (
    <div className="upload">
      <label htmlFor={rest.id}>Berkas CSV atau XLSX</label>
      <p className="help" id={`${rest.id}-batas`}>
        Kolom nip dan email, paling besar {Math.floor(limit / MEGABYTE)} MB. Format kolom NIP sebagai teks.
      </p>
      <FileInput
        {...rest}
        input={input}
        chosen={chosen}
        onChange={(event) => setChosen(event.target.files[0]?.name ?? "")}
        accept=".csv,.xlsx,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        aria-describedby={`${rest.id}-batas ${rest.id}-hasil`}
        disabled={state.busy}
      />
      {state.busy && (
        <div className="upload-progress">
          <progress max="100" value={state.part} aria-label="Mengunggah berkas" />
          <span>{state.part} %</span>
          <button
            type="button"
            className="button-quiet"
            onClick={() => {
              request.current?.abort();
              fail("Pengunggahan dibatalkan.");
            }}
          >
            Batalkan
          </button>
        </div>
      )}
      <p id={`${rest.id}-hasil`} role="alert" className={state.words ? "fault" : "sr-only"}>
        {state.words}
      </p>
    </div>
  );
}
