import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, ok } from "../../api/client";
import type { TwoFactorSetup } from "../../api/types";
import { attempt } from "../../state/toasts";
import { Field } from "../../ui/field";
import { Form } from "../../ui/form";
import { Card } from "../../ui/pane";
import { Secret } from "../../ui/secret";

type Step = "unknown" | "off" | "on";

export function TwoFactor() {
  const step = useSignal<Step>("unknown");
  const setup = useSignal<TwoFactorSetup | null>(null);
  const codes = useSignal<readonly string[]>([]);
  useEffect(() => {
    void attempt(async () => {
      step.value = (await ok(api.GET("/api/auth/2fa"))).enabled ? "on" : "off";
    });
  }, []);

  const begin = (): Promise<boolean> =>
    attempt(async () => void (setup.value = await ok(api.POST("/api/auth/2fa/setup"))));
  const enable = async ({ otp = "" }: Record<string, string>): Promise<void> => {
    codes.value = (await ok(api.POST("/api/auth/2fa/enable", { body: { otp } }))).recovery_codes;
    setup.value = null;
    step.value = "on";
  };
  const disable = async ({ otp = "", password = "" }: Record<string, string>): Promise<void> => {
    await ok(api.POST("/api/auth/2fa/disable", { body: { otp, password } }));
    codes.value = [];
    step.value = "off";
  };

  return (
    <Card title="Two-factor authentication">
      {step.value === "off" && setup.value === null && (
        <>
          <p class="soft">A code from an authenticator, besides the password, whenever you sign in.</p>
          <button type="button" onClick={() => void begin()}>
            Set it up
          </button>
        </>
      )}
      {setup.value !== null && <Enable setup={setup.value} enable={enable} />}
      {codes.value.length > 0 && (
        <Secret
          label="Recovery codes, each good once. Keep them: they are not shown again."
          value={codes.value.join(" ")}
        />
      )}
      {step.value === "on" && (
        <Form onSubmit={disable} submit="Turn it off">
          {(errors) => (
            <>
              <p>It is on.</p>
              <Field
                label="Password"
                name="password"
                type="password"
                autoComplete="current-password"
                required
                error={errors.password}
              />
              <Field label="Code" name="otp" autoComplete="one-time-code" required error={errors.otp} />
            </>
          )}
        </Form>
      )}
    </Card>
  );
}

function Enable({
  setup,
  enable,
}: {
  setup: TwoFactorSetup;
  enable: (values: Record<string, string>) => Promise<void>;
}) {
  const image = `data:image/svg+xml,${encodeURIComponent(setup.qr_svg)}`;
  return (
    <Form onSubmit={enable} submit="Turn it on">
      {(errors) => (
        <>
          <img class="qr" src={image} alt="The secret as a QR code" width="180" height="180" />
          <Secret label="Or type the secret into your authenticator" value={setup.secret} />
          <Field
            label="Code that it shows now"
            name="otp"
            inputMode="numeric"
            autoComplete="one-time-code"
            required
            error={errors.otp}
          />
        </>
      )}
    </Form>
  );
}
