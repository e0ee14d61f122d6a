import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useLocation } from "preact-iso";
import { api, ok } from "../api/client";
import { ProblemError } from "../api/problem";
import { link } from "../state/link";
import { say } from "../state/toasts";
import { Field } from "../ui/field";
import { Form } from "../ui/form";
import { NewPassword } from "../ui/new-password";
import { Outside } from "./outside";

export function Forgot() {
  const sent = useSignal(false);
  const ask = async ({ email = "" }: Record<string, string>): Promise<void> => {
    await ok(api.POST("/api/auth/password/forgot", { body: { email } }));
    sent.value = true;
  };
  return (
    <Outside title="Forgotten the password?">
      {sent.value ? (
        <p>
          If there is an account with this address, a mail with a link is on its way. The link is good for half an hour.
        </p>
      ) : (
        <Form onSubmit={ask} submit="Send me a link" after={<a href="/sign-in">Back</a>}>
          {(errors) => (
            <Field
              label="E-mail"
              name="email"
              type="email"
              autoComplete="email"
              required
              autoFocus
              error={errors.email}
            />
          )}
        </Form>
      )}
    </Outside>
  );
}

/** Behind the link of the mail. */
export function ResetPassword() {
  const { route } = useLocation();
  const reset = async ({ new_password = "" }: Record<string, string>): Promise<void> => {
    const body = { token: link.get("token") ?? "", new_password };
    try {
      await ok(api.POST("/api/auth/password/reset", { body }));
    } catch (error) {
      if (error instanceof ProblemError && error.fields.token) throw error.whole();
      throw error;
    }
    say("Your password is changed: sign in with the new one.");
    route("/sign-in", true);
  };
  return (
    <Outside title="Choose a new password">
      <Form onSubmit={reset} submit="Change the password" after={<a href="/forgot">Ask for another link</a>}>
        {(errors) => <NewPassword label="New password" name="new_password" error={errors.new_password} />}
      </Form>
    </Outside>
  );
}

/** Behind the link of a mail to a new address. */
export function ConfirmEmail() {
  const said = useSignal("One moment ...");
  useEffect(() => {
    ok(api.POST("/api/auth/email/confirm", { body: { token: link.get("token") ?? "" } }))
      .then(() => void (said.value = "This is your address from now on."))
      .catch((error: Error) => void (said.value = error.message));
  }, []);
  return (
    <Outside title="Your new e-mail address">
      <p role="status">{said.value}</p>
      <a href="/">To Taskwire</a>
    </Outside>
  );
}
