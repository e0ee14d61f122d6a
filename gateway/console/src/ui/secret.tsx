import { say } from "../state/toasts";

/** Something that is shown once: with a button that copies it. */
export function Secret({ label, value }: { label: string; value: string }) {
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(value);
    say("Copied.");
  };
  return (
    <div class="secret">
      <span class="soft">{label}</span>
      <code>{value}</code>
      <button type="button" onClick={() => void copy()}>
        Copy
      </button>
    </div>
  );
}
