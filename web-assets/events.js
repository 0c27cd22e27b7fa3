// A page that is open learns that something has changed (P-19). Browsers open few connections to a server, so only
// the page that is looked at listens.

const where = document.body.dataset.events;
let source = null;

function listen() {
  if (document.hidden || source) return;
  source = new EventSource(where);
  source.addEventListener("gone", () => {
    stop();
    // Not reload(): that would send a form again.
    location.replace(location.pathname + location.search);
  });
  source.addEventListener("changed", () => {
    const line = document.getElementById("changed");
    if (line && document.querySelector(".list")) line.hidden = false;
  });
}

function stop() {
  source?.close();
  source = null;
}

if (where) {
  document.addEventListener("visibilitychange", () => (document.hidden ? stop() : listen()));
  // A page kept for going back would keep its stream too.
  addEventListener("pagehide", stop);
  addEventListener("pageshow", listen);
}
