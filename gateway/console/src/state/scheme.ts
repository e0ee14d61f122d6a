import { effect, signal } from "@preact/signals";

/** Light, dark, or as the device has it. */
export type Scheme = "auto" | "light" | "dark";

const KEY = "taskwire.scheme";

const read = (): Scheme => {
  const kept = localStorage.getItem(KEY);
  return kept === "light" || kept === "dark" ? kept : "auto";
};

export const scheme = signal<Scheme>(read());

effect(() => {
  document.documentElement.style.colorScheme = scheme.value === "auto" ? "" : scheme.value;
  if (scheme.value === "auto") localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, scheme.value);
});

window.addEventListener("storage", (event) => {
  if (event.key === KEY) scheme.value = read();
});
