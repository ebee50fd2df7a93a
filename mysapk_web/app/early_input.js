// Runs before everything else in a page: keeps what a person does until the scripts are there (about two seconds on a slow line).
// Links and native forms work without scripts and are left alone. The build puts it into every page (mysapk_web/app/build.py).
(() => {
  const acts = new Set(); // buttons and forms, each once, in the order they were used
  const typed = new Map(); // control -> its value
  let line;
  let takenOver = false; // React hears every event now, but a submit button is still none
  const say = (words) => {
    if (!line) {
      line = document.createElement("div");
      line.className = "connection loading";
      line.setAttribute("role", "status");
      document.body.append(line);
    }
    line.textContent = words;
  };
  const hold = (element) => {
    acts.add(element);
    element.setAttribute("aria-busy", "true");
    say("Halaman masih dimuat. Pilihan Anda dijalankan begitu siap.");
  };
  const submit = (event, form) => {
    if (!form || takenOver) return;
    event.preventDefault();
    hold(form.querySelector("[data-submits]") ?? form);
  };
  const listeners = {
    click: ({ target }) => {
      const button = target.closest(takenOver ? "[data-submits]" : "button[type=button]:not([popovertarget])");
      if (button) hold(button);
    },
    keydown: (event) => {
      if (event.key === "Enter" && event.target.matches("input:not([type=file])")) submit(event, event.target.closest("form[novalidate]"));
    },
    submit: (event) => submit(event, event.target.closest("form[novalidate]")),
    input: ({ target }) => takenOver || typed.set(target, target.value),
  };
  for (const [name, listener] of Object.entries(listeners)) addEventListener(name, listener, true);
  setTimeout(() => line && say("Halaman belum selesai dimuat. Periksa koneksi Anda, lalu muat ulang halaman ini."), 20000);
  window.earlyInput = {
    typed,
    takeOver: () => {
      takenOver = true;
    },
    take: () => {
      for (const [name, listener] of Object.entries(listeners)) removeEventListener(name, listener, true);
      for (const element of acts) element.removeAttribute("aria-busy");
      line?.remove();
      line = null;
      return [...acts];
    },
  };
})();
