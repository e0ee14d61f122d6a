"use strict";

// ReDoc asks its maker's server for a mark, and leaves the mark out where there is none: nothing leaves this machine.
const image = HTMLImageElement.prototype;
const put = image.setAttribute;
image.setAttribute = function (name, value) {
  put.call(this, name, name === "src" && /^https?:/.test(value) ? "data:," : value);
};
Object.defineProperty(image, "src", {
  get() {
    return this.getAttribute("src");
  },
  set(address) {
    this.setAttribute("src", address);
  },
});

// On the dark panel that stands beside the light page as well.
const GOOD = "#6fd39b";
const BAD = "#ff9b93";

const LIGHT = {
  colors: { responses: { success: { tabTextColor: GOOD }, error: { tabTextColor: BAD } } },
  typography: { code: { color: "#b3261e" } },
};

const PAPER = "#1c2022";
const BOX = "#262b2f";
const INK = "#e4e6e6";
const SOFT = "#b5bcc4";
const LINE = "#3b4151";
const ACCENT = "#93adff";
const DARK = {
  colors: {
    primary: { main: ACCENT },
    success: { main: GOOD },
    warning: { main: "#f0bf62" },
    error: { main: BAD },
    gray: { 50: BOX, 100: LINE },
    border: { light: LINE, dark: LINE },
    text: { primary: INK, secondary: SOFT },
    responses: {
      success: { color: GOOD, backgroundColor: "#19301f", tabTextColor: GOOD },
      error: { color: BAD, backgroundColor: "#3a2022", tabTextColor: BAD },
      redirect: { color: "#f0bf62", backgroundColor: "#352a14", tabTextColor: "#f0bf62" },
      info: { color: ACCENT, backgroundColor: "#222b45", tabTextColor: ACCENT },
    },
  },
  schema: {
    linesColor: LINE,
    nestedBackground: BOX,
    typeNameColor: SOFT,
    typeTitleColor: SOFT,
    requireLabelColor: BAD,
  },
  typography: {
    code: { color: BAD, backgroundColor: BOX },
    links: { color: ACCENT, visited: ACCENT, hover: INK },
  },
  sidebar: { backgroundColor: PAPER, textColor: INK, activeTextColor: ACCENT, arrow: { color: SOFT } },
  rightPanel: {
    backgroundColor: "#15181a",
    textColor: INK,
    servers: { overlay: { backgroundColor: BOX, textColor: INK }, url: { backgroundColor: PAPER } },
  },
  codeBlock: { backgroundColor: "#0e1011" },
};

const dark = matchMedia("(prefers-color-scheme: dark)");

Redoc.init(
  "/openapi.json",
  { disableSearch: true, nativeScrollbars: true, theme: dark.matches ? DARK : LIGHT },
  document.getElementById("redoc"),
);
// It chooses its colours once.
dark.addEventListener("change", () => location.reload());
