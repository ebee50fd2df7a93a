// One file, sent as a raw body to a route of its own, with its progress. Shared by documents.jsx and impor.jsx.
import { useEffect, useRef, useState } from "react";

const IDLE = { busy: false, failed: false, words: "", part: 0 };

// `onStored` gets the server's answer and the file, and returns what to say; `onFailed` runs after every failure.
export function useUpload({ to, type, lost, faulty, onStored, onFailed }) {
  const [state, setState] = useState(IDLE);
  const request = useRef(null);
  useEffect(() => () => request.current?.abort(), []);

  const fail = (words) => {
    request.current = null;
    onFailed?.();
    setState({ ...IDLE, failed: true, words });
  };
  const send = (file) => {
    const call = new XMLHttpRequest();
    request.current = call;
    setState({ ...IDLE, busy: true });
    call.upload.onprogress = (step) =>
      step.lengthComputable && setState({ ...IDLE, busy: true, part: Math.floor((100 * step.loaded) / step.total) });
    call.onerror = () => fail(lost);
    call.onload = () => {
      let answer;
      try {
        answer = JSON.parse(call.responseText);
      } catch {
        answer = null;
      }
      if (!answer?.ok) return fail(answer?.sentence || faulty);
      request.current = null;
      setState({ ...IDLE, words: onStored(answer, file) ?? "" });
    };
    call.open("POST", to);
    call.setRequestHeader("content-type", type);
    call.setRequestHeader("x-nama-berkas", encodeURIComponent(file.name));
    call.send(file);
  };
  const stop = () => {
    request.current?.abort();
    fail("Pengunggahan dibatalkan.");
  };
  return { ...state, send, fail, stop };
}

// How far it is, and a way to stop it. `checking` is said once everything is sent.
export function UploadProgress({ upload, label, stop, checking }) {
  if (!upload.busy) return null;
  return (
    <div className="upload-progress">
      <progress max="100" value={upload.part} aria-label={label} />
      <span>{checking && upload.part === 100 ? checking : `${upload.part} %`}</span>
      <button type="button" className="button-quiet" onClick={upload.stop}>
        {stop}
      </button>
    </div>
  );
}
