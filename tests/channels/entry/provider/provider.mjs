// A real OpenID Connect provider (npm oidc-provider) for tests: `node provider.mjs PORT BACK`.
// Whoever comes is signed in as the account that was named last (`/as/<account>`), without a page.
import Provider from "oidc-provider";

const [port, back] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const people = {
  anna: { email: "anna@hall.example", email_verified: true },
  unverified: { email: "anna@hall.example", email_verified: false },
  stranger: { email: "stranger@elsewhere.example", email_verified: true },
  other: { email: "other@elsewhere.example", email_verified: true },
};
let who = "anna";

const client = (client_id) => ({
  client_id,
  client_secret: "a secret of this test only",
  redirect_uris: [back],
  token_endpoint_auth_method: "client_secret_post",
});
const provider = new Provider(issuer, {
  clients: [client("hall"), client("another")],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  features: { devInteractions: { enabled: false } },
  cookies: { keys: ["of this test only"] },
  pkce: { required: () => true },
  interactions: { url: (_context, interaction) => `/go/${interaction.uid}` },
  findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ sub, name: sub, ...people[sub] }) }),
});

provider.use(async (context, next) => {
  const [, act, account] = context.path.split("/");
  if (act === "as") {
    who = account;
    context.body = who;
    return;
  }
  if (act !== "go") return next();
  const { params, grantId } = await provider.interactionDetails(context.req, context.res);
  const grant = grantId ? await provider.Grant.find(grantId) : new provider.Grant({ accountId: who, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  const result = { login: { accountId: who }, consent: { grantId: await grant.save() } };
  context.respond = false;
  await provider.interactionFinished(context.req, context.res, result, { mergeWithLastSubmission: false });
});

provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
