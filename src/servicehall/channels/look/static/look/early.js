// Before the first paint: this device's choices of light or dark, contrast and size, and the millimetre.
// A classic script in the head on purpose; prefs.js changes the same choices later.
(() => {
  const root = document.documentElement;
  const store = root.dataset.prefsKeep === "session" ? "sessionStorage" : "localStorage";
  const saved = {};
  try {
    Object.assign(saved, JSON.parse(window[store].getItem("look.prefs") || "{}"));
  } catch {
    // Storage may be forbidden: then every page starts from the defaults.
  }
  const asks = (query) => window.matchMedia && matchMedia(query).matches;
  if ("themeBoard" in root.dataset) root.dataset.theme = "dark";
  else if (!("themeFixed" in root.dataset)) {
    const atDesk = root.dataset.frame !== "kiosk";
    root.dataset.theme = saved.theme || (atDesk && asks("(prefers-color-scheme: dark)") ? "dark" : "light");
  }
  const contrast = root.dataset.contrast || saved.contrast || (asks("(prefers-contrast: more)") ? "more" : "");
  if (contrast && contrast !== "normal") root.dataset.contrast = contrast;
  const size = root.dataset.size || saved.size;
  if (size && size !== "normal") root.dataset.size = size;
  const mm = Number(root.dataset.mm);
  if (mm > 0) root.style.setProperty("--mm", `${mm}px`);
})();
