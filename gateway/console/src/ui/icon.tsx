/** Our own line icons on a 20 by 20 grid; they take the colour of the text around them. */
const PATHS = {
  add: "M10 4v12M4 10h12",
  again: "M16 8a6 6 0 1 0 .3 4M16 4v4h-4",
  archive: "M3 5h14v3H3zM5 8v8h10V8M8 11h4",
  attachment: "M14 8l-5.5 5.5a2 2 0 0 1-3-3L12 4a3 3 0 0 1 4 4l-7 7",
  bell: "M5 14V9a5 5 0 0 1 10 0v5l1.5 1.5h-13zM8.5 17h3",
  bellOff: "M5 14V9a5 5 0 0 1 8-4M15 9v5l1.5 1.5H7M8.5 17h3M3 3l14 14",
  board: "M3 4h4v12H3zM8.5 4h4v8h-4zM14 4h3v10h-3z",
  calendar: "M3 5h14v12H3zM3 9h14M7 3v4M13 3v4",
  chart: "M4 16V9M8.5 16V4M13 16v-5M17 16V7",
  check: "M4 10.5l4 4 8-9",
  close: "M5 5l10 10M15 5L5 15",
  comment: "M3 4h14v10H9l-4 3v-3H3z",
  copy: "M7 7h9v9H7zM4 13V4h9",
  clock: "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM10 6v4l3 2",
  download: "M10 3v9M6 8.5l4 4 4-4M4 16h12",
  down: "M5 8l5 5 5-5",
  filter: "M3 5h14M6 10h8M8.5 15h3",
  flag: "M5 17V3M5 4h10l-2.5 3.5L15 11H5",
  folder: "M3 5h5l2 2h7v9H3z",
  gear: "M10 7a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM10 2v3M10 15v3M2 10h3M15 10h3M4.5 4.5l2 2M13.5 13.5l2 2M4.5 15.5l2-2M13.5 6.5l2-2",
  help: "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM8 8a2 2 0 1 1 2.6 1.9c-.4.2-.6.5-.6 1v.3M10 13.8h.01",
  home: "M3 9.5L10 4l7 5.5V17h-5v-4H8v4H3z",
  keyboard: "M2 6h16v9H2zM5 9h.01M8 9h.01M11 9h.01M14 9h.01M6 12h8",
  link: "M8 12l4-4M7 9l-2.5 2.5a3 3 0 0 0 4 4L11 13M13 11l2.5-2.5a3 3 0 0 0-4-4L9 7",
  list: "M7 5h10M7 10h10M7 15h10M3 5h1M3 10h1M3 15h1",
  menu: "M3 6h14M3 10h14M3 14h14",
  more: "M4.5 10h.7M9.65 10h.7M14.8 10h.7",
  pencil: "M4 16l.8-3.5L13 4.3l2.7 2.7-8.2 8.2z",
  people: "M7 10a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2 17a5 5 0 0 1 10 0M13 4.5a3 3 0 0 1 0 5M14 12.5a5 5 0 0 1 4 4.5",
  search: "M9 4a5 5 0 1 0 0 10A5 5 0 0 0 9 4zM13 13l4 4",
  smile: "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM7 8.5h.01M13 8.5h.01M7 12c1.5 2 4.5 2 6 0",
  shield: "M10 3l6 2v5c0 4-3 6-6 7-3-1-6-3-6-7V5z",
  signOut: "M8 4H4v12h4M12 7l3 3-3 3M15 10H8",
  subtasks: "M4 4v9a2 2 0 0 0 2 2h3M4 8h5M12 6h5v4h-5zM12 13h5v4h-5z",
  up: "M5 12l5-5 5 5",
  trash: "M4 6h12M8 6V4h4v2M6 6l.7 11h6.6L14 6",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
