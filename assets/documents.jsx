// Documents of a proposal: uploaded with progress, shown inside the page.
// Each export is wrapped in mysapk_web/pdm/pages/components/widgets.py. Nothing here decides anything; the server does.
import { useRef, useState } from "react";
import { useWide } from "$/public/behaviour.jsx";
import { FileInput } from "$/public/fields.jsx";
import { UploadProgress, useUpload } from "$/public/upload.jsx";

const sizeOf = (bytes) =>
  bytes >= 1048576
    ? `${(bytes / 1048576).toLocaleString("id-ID", { maximumFractionDigits: 1 })} MB`
    : `${Math.ceil(bytes / 1024).toLocaleString("id-ID")} KB`;

export function DocumentUpload({ to, limit, label, again, onStored, ...rest }) {
  const input = useRef(null);
  const clear = () => {
    if (input.current) input.current.value = "";
  };
  const upload = useUpload({
    to,
    type: "application/pdf",
    lost: "Berkas belum terkirim: koneksi terputus. Pilih berkasnya lagi.",
    faulty: "Berkas belum tersimpan karena gangguan. Coba lagi beberapa menit lagi.",
    onFailed: clear,
    onStored: (answer, file) => {
      clear();
      onStored();
      return `${file.name} tersimpan.`;
    },
  });
  const choose = (event) => {
    const file = event.target.files[0];
    if (!file) return;
    if (file.size > limit) return upload.fail(`Berkas ini ${sizeOf(file.size)}. Ukuran paling besar ${sizeOf(limit)}.`);
    if (file.type && file.type !== "application/pdf")
      return upload.fail("Berkas harus PDF. Simpan atau pindai ulang sebagai PDF.");
    upload.send(file);
  };
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
        disabled={upload.busy}
        onChange={choose}
      />
      <UploadProgress upload={upload} label={`Mengunggah ${label}`} stop="Batal" checking="Memeriksa berkas ..." />
      <p role={upload.failed ? "alert" : "status"} id={`${rest.id}-hasil`} className={upload.failed ? "fault" : "help"}>
        {upload.words}
      </p>
    </div>
  );
}

// Shows a document inside the page, in the viewer of the browser, or in a tab of its own where there is no room.
export function DocumentViewer({ src, label }) {
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
