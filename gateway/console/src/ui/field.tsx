import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";

interface Props {
  label: string;
  name: string;
  type?: "text" | "email" | "password" | "date" | "number" | "url" | "time" | "search" | "color";
  hint?: ComponentChildren;
  error?: string | undefined;
  value?: string | number;
  autoComplete?: string;
  autoFocus?: boolean;
  required?: boolean;
  minLength?: number;
  maxLength?: number;
  min?: number;
  max?: number;
  pattern?: string;
  inputMode?: "numeric" | "text";
}

/** A labelled input; the hint and what is wrong with the value are read out with it. */
export function Field({ label, hint, error, type = "text", value, ...input }: Props) {
  const id = useId();
  const box = useRef<HTMLInputElement>(null);
  // The browser heeds `autofocus` once for a page; what comes in later asks for itself.
  useEffect(() => {
    if (input.autoFocus) box.current?.focus();
  }, []);
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ") || undefined;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        ref={box}
        id={id}
        type={type as "text"}
        defaultValue={value}
        aria-describedby={described}
        aria-invalid={error !== undefined}
        {...input}
      />
      {hint !== undefined && <small id={`${id}-hint`}>{hint}</small>}
      {error !== undefined && (
        <small id={`${id}-error`} class="wrong">
          {error}
        </small>
      )}
    </div>
  );
}
