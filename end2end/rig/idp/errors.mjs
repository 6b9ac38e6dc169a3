// What each provider answers when it refuses. Code numbers and wording follow recorded replies where those
// exist (50173, 700082, 70000, 54005, 90094); the rest is in their manner.
import * as crypto from 'node:crypto';
import { dead, refreshOwner } from './store.mjs';
import { users } from './accounts.mjs';

const ms = (code, text, error, extra) => ({ code, text, error, ...extra });
const stamp = () => new Date().toISOString().replace('T', ' ').replace(/\..*/, 'Z');

const REVOKED = 'The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password.';
export const TEXT = {
  50011: (c, uri) => `The redirect URI '${uri}' specified in the request does not match the redirect URIs configured for the application '${c}'. Make sure the redirect URI sent in the request matches one added to your application.`,
  50020: (who, tenant) => `User account '${who}' from identity provider does not exist in tenant '${tenant}' and cannot access the application in that tenant. Sign out and sign in again with a different account.`,
  50034: (who) => `The user account ${who} does not exist in this directory. To sign into this application, the account must be added to the directory.`,
  50057: () => 'The user account is disabled.',
  50126: () => 'Error validating credentials due to invalid username or password.',
  50194: (c) => `Application '${c}' is not configured as a multi-tenant application. Usage of the /common endpoint is not supported for such apps. Use a tenant-specific endpoint or configure the application to be multi-tenant.`,
  650053: (app, scope) => `The application '${app}' asked for scope '${scope.split('/').at(-1)}' that doesn't exist on the resource '00000002-0000-0ff1-ce00-000000000000'. Contact the app vendor.`,
  65004: () => 'User declined to consent to access the app.',
  700016: (c, t) => `Application with identifier '${c}' was not found in the directory '${t}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant.`,
  90002: (t) => `Tenant '${t}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`,
  9001023: () => `The grant type is not supported over the /common or /consumers endpoints. Please use the /organizations or tenant-specific endpoint.`,
  90094: (c) => `${c} needs permission to access resources in your organization that only an admin can grant. Please ask an admin to grant permission to this app before you can use it.`,
};

export function sentence(code, text) {
  return `AADSTS${code}: ${text} Trace ID: ${crypto.randomUUID()} Correlation ID: ${crypto.randomUUID()} Timestamp: ${stamp()}`;
}

export function microsoftBody(issuer, { code, text, error, suberror, claims }) {
  const trace = crypto.randomUUID(), correlation = crypto.randomUUID(), timestamp = stamp();
  return { error, error_description: `AADSTS${code}: ${text} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`,
    error_codes: [code], timestamp, trace_id: trace, correlation_id: correlation, error_uri: `${issuer}/error?code=${code}`,
    ...(suberror ? { suberror } : {}), ...(claims ? { claims } : {}) };
}

const bySecret = {
  expired: (c) => ms(7000222, `The provided client secret keys for app '${c}' are expired. Visit the Azure portal to create new keys for your app, or consider using certificate credentials for added security.`, 'invalid_client'),
  wrong: (c) => ms(7000215, `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${c}'.`, 'invalid_client'),
};
export const secretError = (state, client) => bySecret[state](client);

const byReason = {
  admin: () => ms(50173, `${REVOKED} The grant was issued on '${stamp()}' and the TokensValidFrom date (before which tokens are not valid) for this user is '${stamp()}'.`, 'invalid_grant', { suberror: 'bad_token' }),
  inactive: () => ms(700082, 'The refresh token has expired due to inactivity. The token was issued on 2026-01-01T00:00:00.0000000Z and was inactive for 90.00:00:00.', 'invalid_grant'),
  mfa: () => ms(50076, 'Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access.', 'interaction_required', { suberror: 'basic_action' }),
  frequency: () => ms(70043, 'The refresh token has expired or is invalid due to sign-in frequency checks by conditional access. The token was issued on 2026-01-01T00:00:00.0000000Z and the maximum allowed lifetime for this request is 86400.', 'invalid_grant'),
  policy: () => ms(53003, 'Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.', 'invalid_grant', { suberror: 'message_only' }),
  consent: () => ms(65001, 'The user or administrator has not consented to use the application. Send an interactive authorization request for this user and resource.', 'invalid_grant', { suberror: 'consent_required' }),
  reuse: () => ms(54005, 'OAuth2 refresh token was already redeemed, please retry with a new valid code or use an existing refresh token.', 'invalid_grant'),
};
byReason.password = byReason.admin;
const PERSONAL = ms(70000, 'The user could not be authenticated as the grant is expired. The user must sign in again.', 'invalid_grant');

// `failure` is oidc-provider's own error; error_detail says which of its checks said no.
export function microsoft(params, failure, body, personalTid) {
  const detail = failure?.error_detail ?? failure?.error_description ?? '';
  const error = body.error;
  if (error === 'invalid_client') return bySecret.wrong(params.client_id);
  if (error === 'invalid_scope') return ms(70011, `The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. ${detail}`, error);
  if (error === 'unsupported_grant_type') return ms(70003, `The app requested an unsupported grant type '${params.grant_type}'.`, error);
  if (error !== 'invalid_grant') return ms(900144, `The request body must contain the following parameter: ${detail}`, 'invalid_request');
  if (params.grant_type === 'refresh_token') {
    const owner = users.get(refreshOwner(params.refresh_token));
    if (owner?.disabled) return ms(50057, TEXT[50057](), 'invalid_grant');
    const reason = dead.get(params.refresh_token)?.reason;
    if (owner?.tid === personalTid && reason !== 'mfa') return PERSONAL;
    if (reason) return (byReason[reason] ?? byReason.admin)();
    if (/expired/.test(detail)) return byReason.inactive();
    if (/already used/.test(detail)) return byReason.reuse();
    if (/client mismatch/.test(detail)) return ms(70000, 'The token was issued for a different client id.', 'invalid_grant');
    return ms(9002313, 'Invalid request. Request is malformed or invalid.', 'invalid_grant');
  }
  if (/consumed|already/.test(detail)) return ms(54005, 'OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.', 'invalid_grant');
  if (/expired/.test(detail)) return ms(70008, 'The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.', 'invalid_grant');
  if (/verifier|PKCE/i.test(detail + (failure?.cause?.message ?? ''))) return ms(501481, 'The Code_Verifier does not match the code_challenge supplied in the authorization request.', 'invalid_grant');
  if (/redirect_uri/.test(detail)) return ms(50011, TEXT[50011](params.client_id, params.redirect_uri), 'invalid_grant');
  return ms(70000, 'The provided value for the code parameter is not valid.', 'invalid_grant');
}

export function google(params, failure, body) {
  const detail = `${failure?.error_detail ?? ''}${failure?.cause?.message ?? ''}`;
  if (body.error === 'invalid_client') return { error: 'invalid_client', error_description: 'Unauthorized' };
  if (body.error !== 'invalid_grant') return { error: body.error, error_description: body.error_description };
  if (params.grant_type === 'refresh_token') {
    if (users.get(refreshOwner(params.refresh_token))?.disabled) return { error: 'invalid_grant', error_description: 'Account has been deleted' };
    return { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' };
  }
  return { error: 'invalid_grant', error_description: /verifier|PKCE/i.test(detail) ? 'Invalid code verifier.' : 'Bad Request' };
}
