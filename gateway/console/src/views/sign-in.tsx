import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useLocation } from "preact-iso";
import { api, ok } from "../api/client";
import { ProblemError } from "../api/problem";
import { signedIn } from "../api/session";
import type { Provider } from "../api/types";
import { link } from "../state/link";
import { Field } from "../ui/field";
import { Form } from "../ui/form";
import { Outside } from "./outside";

export function SignIn() {
  const { path } = useLocation();
  const withCode = useSignal(false);
  const code = path.startsWith("/signed-in") ? link.get("code") : null;

  async function signIn(values: Record<string, string>): Promise<void> {
    const otp = values.otp || undefined;
    const { username = "", password = "" } = values;
    const call =
      code === null
        ? api.POST("/api/auth/login", { body: { username, password, otp } })
        : api.POST("/api/auth/oidc/exchange", { body: { code, otp } });
    try {
      signedIn(await ok(call));
    } catch (error) {
      if (!(error instanceof ProblemError) || error.code !== "otp_required") throw error;
      if (withCode.peek()) throw error;
      withCode.value = true;
    }
  }

  // Back from a provider: the code alone is enough, unless the account asks for a second factor.
  useEffect(() => {
    if (code !== null) void signIn({}).catch(() => void (withCode.value = true));
  }, [code]);

  return (
    <Outside title="Sign in to Taskwire">
      {link.has("error") && <p class="notice bad">Signing in there did not work ({link.get("error")}).</p>}
      <Form
        onSubmit={signIn}
        submit="Sign in"
        after={
          <>
            <a href="/register">Create an account</a>
            <a href="/forgot">Forgotten the password?</a>
          </>
        }
      >
        {(errors) => (
          <>
            {code === null && <Credentials errors={errors} />}
            {withCode.value && (
              <Field
                label="Code"
                name="otp"
                autoComplete="one-time-code"
                autoFocus
                required
                hint="From your authenticator, or a recovery code."
                error={errors.otp}
              />
            )}
          </>
        )}
      </Form>
      <Providers />
    </Outside>
  );
}

function Credentials({ errors }: { errors: Record<string, string> }) {
  return (
    <>
      <Field
        label="Username or e-mail"
        name="username"
        autoComplete="username"
        required
        autoFocus
        error={errors.username}
      />
      <Field
        label="Password"
        name="password"
        type="password"
        autoComplete="current-password"
        required
        error={errors.password}
      />
    </>
  );
}

/** A way in for each identity provider that the settings name. */
function Providers() {
  const providers = useSignal<Provider[]>([]);
  useEffect(() => {
    ok(api.GET("/api/auth/oidc"))
      .then((found) => void (providers.value = found.items))
      .catch(() => undefined);
  }, []);
  return providers.value.map((provider) => (
    <a key={provider.name} class="button" href={provider.login_url}>
      Sign in with {provider.label}
    </a>
  ));
}
