-- One file per user, "key=value" lines: password, uid, home, delegates. Read at each sign-in.
local function load(user)
  if not user:match("^[%w%.%-_%+@']+$") or user:find("..", 1, true) then return nil end
  local file = io.open("@STATE@/dovecot/users/" .. user, "r")
  if not file then return nil end
  local fields = {}
  for line in file:lines() do
    local k, v = line:match("^(%w+)=(.*)$")
    if k then fields[k] = v end
  end
  file:close()
  return fields
end

function auth_passdb_lookup(request)
  local u = load(request.user)
  if not u then return dovecot.auth.PASSDB_RESULT_USER_UNKNOWN, {} end
  if not u.password then return dovecot.auth.PASSDB_RESULT_PASSWORD_MISMATCH, {} end
  return dovecot.auth.PASSDB_RESULT_OK, { password = "{PLAIN}" .. u.password }
end

function auth_userdb_lookup(request)
  local u = load(request.user)
  if not u then return dovecot.auth.USERDB_RESULT_USER_UNKNOWN, {} end
  return dovecot.auth.USERDB_RESULT_OK, { uid = u.uid, gid = u.uid, home = u.home }
end

function script_init() return 0 end
function script_deinit() end
