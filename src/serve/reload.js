// Reloads the page when the site is newer, and shows what is wrong with the content until it is mended.
"use strict";
(() => {
  const shown = document.currentScript.dataset.version;
  let source, box;

  const show = (error) => {
    box?.remove();
    if (!error) return;
    box = document.createElement("pre");
    box.setAttribute("role", "alert");
    box.textContent = `This is the last good site.\n\n${error}`;
    Object.assign(box.style, {
      position: "fixed", inset: "auto 0 0 0", margin: 0, padding: "1rem 1.25rem", maxHeight: "60vh", overflow: "auto",
      zIndex: 9999, whiteSpace: "pre-wrap", overflowWrap: "anywhere", font: "14px/1.5 ui-monospace, monospace",
      color: "#fff", background: "#7a1f1f", borderTop: "3px solid #ff9d9d",
    });
    document.body.append(box);
  };

  const listen = () => {
    source?.close();
    source = new EventSource("/.evalcards/events");
    source.onmessage = (message) => {
      const { version, error } = JSON.parse(message.data);
      if (version !== shown) location.reload();
      else show(error);
    };
  };

  // A browser opens six connections to one host at most: a hidden tab keeps none.
  document.addEventListener("visibilitychange", () => (document.hidden ? source?.close() : listen()));
  if (!document.hidden) listen();
})();
