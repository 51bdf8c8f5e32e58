// The theme's pages are written for the Alpine that evaluates attributes as JavaScript; here runs the one that reads
// a small language of its own (channels/ops/theme_files.py). It knows no names of the window, no functions written
// into attributes and not one thing after another: these are put differently here, before
// Alpine reads the page. tests/channels/ops/test_back_office_policy.py looks for attributes that it cannot read.

const FROM_THE_WINDOW = {
  localStorage: {
    getItem: (name) => window.localStorage.getItem(name),
    setItem: (name, value) => window.localStorage.setItem(name, value),
  },
  window: {
    location: {
      get pathname() { return location.pathname; },
      get search() { return location.search; },
    },
  },
};

function chosen(first) {
  this.activeTab = getCurrentTab() || first;
  this.$watch("sidebarDesktopOpen", (open) => window.localStorage.setItem("sidebarDesktopOpen", open ? "1" : "0"));
}

// Attribute, what the theme says, what is said instead.
const IN_OTHER_WORDS = [
  ["x-init", /^\s*activeTab = (?:getCurrentTab\(\) \|\| )?('[^']*');\s*\$watch\('sidebarDesktopOpen'.*$/s, "chosen($1)"],
  // The watch above keeps it.
  ["x-on:click", /^(sidebarDesktopOpen = !sidebarDesktopOpen);.*$/s, "$1"],
  [
    "x-on:keydown.enter.prevent",
    /^if \(!\$event\.metaKey && !\$event\.ctrlKey\) (selectItem\(.*\))$/,
    "!$event.metaKey && !$event.ctrlKey && $1",
  ],
];

function rephrase(root) {
  for (const [name, theirs, ours] of IN_OTHER_WORDS) {
    for (const element of root.querySelectorAll(`[${name.replace(/[:.]/g, "\\$&")}]`)) {
      const text = element.getAttribute(name);
      if (theirs.test(text)) element.setAttribute(name, text.replace(theirs, ours));
    }
  }
  for (const template of root.querySelectorAll("template")) rephrase(template.content);
}

addEventListener("alpine:init", () => {
  Alpine.data("theme", (...given) => ({
    ...FROM_THE_WINDOW, chosen, sortRecords, moveRecords, ...theme(...given),
  }));
  Alpine.data("searchForm", searchForm);
  Alpine.data("searchCommand", searchCommand);
  rephrase(document);
});

// It would write a style sheet into the page; the one line of it that the theme uses is in back-office.css.
if (window.htmx) htmx.config.includeIndicatorStyles = false;
