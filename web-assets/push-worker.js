// Shows what is pushed, and opens its page. It keeps nothing and answers no request: how pages are loaded is no matter of its.

addEventListener("install", () => skipWaiting());

addEventListener("push", (event) => {
  if (!event.data) return;
  const { title, body, path, tag, lang } = event.data.json();
  event.waitUntil(registration.showNotification(title, { body, tag, lang, data: { path } }));
});

addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(new URL(event.notification.data.path, location.origin)));
});

async function open(page) {
  if (page.origin !== location.origin) return;
  const windows = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = windows.find((one) => one.url === page.href);
  await (there ? there.focus() : clients.openWindow(page.href));
}
