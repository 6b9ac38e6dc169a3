// oidc-provider 9 calls URL.parse, which Node 20 lacks.
if (!URL.parse) URL.parse = (url, base) => { try { return new URL(url, base); } catch { return null; } };
