import { Field } from "./field";

export function NewPassword({ name, label, error }: { name: string; label: string; error?: string | undefined }) {
  return (
    <Field
      label={label}
      name={name}
      type="password"
      autoComplete="new-password"
      minLength={8}
      maxLength={128}
      required
      hint="At least 8 characters, and none of the common ones."
      error={error}
    />
  );
}
