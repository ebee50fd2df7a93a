// What pages of imports do in the browser itself: a list sent as a raw body with its progress.
// Each export is wrapped in mysapk_web/administration/pages/components/imports_behaviour.py. Nothing here decides anything; the server does.
import { useEffect, useRef, useState } from "react";
import { FileInput } from "$/public/fields.jsx";
import { UploadProgress, useUpload } from "$/public/upload.jsx";

const MEGABYTE = 1048576;

// The file stays in its field; it is sent when `go` goes up, which the server does once the person may import.
export function ListUpload({ go, to, limit, columns, onStored, ...rest }) {
  const [chosen, setChosen] = useState("");
  const input = useRef(null);
  const seen = useRef(go);
  const upload = useUpload({
    to,
    type: "application/octet-stream",
    lost: "Berkas belum terkirim: koneksi terputus. Unggah lagi.",
    faulty: "Berkas belum diproses karena gangguan. Coba lagi beberapa menit lagi.",
    onStored: (answer) => {
      input.current.value = "";
      setChosen("");
      onStored(answer.run);
    },
  });
  useEffect(() => {
    if (go === seen.current) return;
    seen.current = go;
    if (upload.busy) return;
    const file = input.current.files[0];
    if (!file) return upload.fail("Pilih berkas CSV atau XLSX lebih dulu.");
    if (file.size > limit) return upload.fail(`Berkas lebih dari ${Math.floor(limit / MEGABYTE)} MB. Bagi menjadi beberapa berkas.`);
    upload.send(file);
  }, [go]);

  return (
    <div className="upload">
      <label htmlFor={rest.id}>Berkas CSV atau XLSX</label>
      <p className="help" id={`${rest.id}-batas`}>
        Kolom {columns}, paling besar {Math.floor(limit / MEGABYTE)} MB. Format kolom NIP dan kode sebagai teks.
      </p>
      <FileInput
        {...rest}
        input={input}
        chosen={chosen}
        onChange={(event) => setChosen(event.target.files[0]?.name ?? "")}
        accept=".csv,.xlsx,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        aria-describedby={`${rest.id}-batas ${rest.id}-hasil`}
        disabled={upload.busy}
      />
      <UploadProgress upload={upload} label="Mengunggah berkas" stop="Batalkan" />
      <p id={`${rest.id}-hasil`} role="alert" className={upload.words ? "fault" : "sr-only"}>
        {upload.words}
      </p>
    </div>
  );
}
