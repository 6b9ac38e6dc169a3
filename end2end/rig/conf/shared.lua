-- XOAUTH2 or OAUTHBEARER with user=<shared mailbox> and the token of a person who is its delegate.
local client = nil

local function owner(token)
  if client == nil then client = dovecot.http.client({ timeout = 5000, max_attempts = 2 }) end
  local request = client:request({ url = "http://127.0.0.1:@IDP_PORT@/introspect", method = "POST" })
  request:add_header("Authorization", "Basic @DOVECOT_BASIC@")
  request:add_header("Content-Type", "application/x-www-form-urlencoded")
  request:set_payload("token=" .. token:gsub("[^%w%-%._~]", function(c) return string.format("%%%02X", c:byte()) end))
  local answer = request:submit()
  if answer:status() ~= 200 then return nil, "introspection says " .. answer:status() end
  local body = answer:payload()
  if not body:find('"active"%s*:%s*true') then return nil end
  return (body:match('"email"%s*:%s*"([^"]+)"') or ""):lower()
end

local function is_delegate(mailbox, who)
  if not mailbox:match("^[%w%.%-_%+@']+$") or mailbox:find("..", 1, true) then return false end
  local file = io.open("@STATE@/dovecot/users/" .. mailbox, "r")
  if not file then return false end
  local found = false
  for line in file:lines() do
    local list = line:match("^delegates=(.*)$")
    if list then
      for name in list:gmatch("%S+") do
        if name == who then found = true end
      end
    end
  end
  file:close()
  return found
end

function auth_password_verify(request, token)
  local who, failure = owner(token)
  if failure then
    request:log_error(failure)
    return dovecot.auth.PASSDB_RESULT_INTERNAL_FAILURE, {}
  end
  if who and is_delegate(request.user, who) then
    request:log_info(who .. " opens " .. request.user)
    return dovecot.auth.PASSDB_RESULT_OK, {}
  end
  return dovecot.auth.PASSDB_RESULT_PASSWORD_MISMATCH, {}
end

function auth_passdb_lookup(request) return dovecot.auth.PASSDB_RESULT_USER_UNKNOWN, {} end
function script_init() return 0 end
function script_deinit() end
