-- Asks `htpasswd serve --auth-endpoint haproxy` about a request, for HAProxy 2.6 and newer:
--
--   http-request lua.htpasswd http://127.0.0.1:8081/.htpasswd/auth/haproxy

-- of one connection or of the body, which is not sent along
local omitted = {
  ["connection"] = true, ["content-length"] = true, ["expect"] = true, ["keep-alive"] = true, ["te"] = true,
  ["trailer"] = true, ["transfer-encoding"] = true, ["upgrade"] = true,
}
-- what a refusal passes on
local relayed = { "cache-control", "content-type", "retry-after", "www-authenticate" }

-- HAProxy counts the values of a field from 0, the HTTP client takes them from 1
local function values(list)
  local result = {}
  for i = 0, #list do result[#result + 1] = list[i] end
  return result
end

local function first(headers, name)
  return headers[name] and headers[name][0]
end

core.register_action("htpasswd", { "http-req" }, function(txn, url)
  local headers = {}
  for name, list in pairs(txn.http:req_get_headers()) do
    if not omitted[name] then headers[name] = values(list) end
  end
  headers["x-original-method"] = { txn.f:method() }
  headers["x-original-uri"] = { txn.f:pathq() }

  local response = core.httpclient():get{ url = url, headers = headers, timeout = 5000 }
  local answer = response.headers or {}
  local user, groups = first(answer, "remote-user"), first(answer, "remote-groups")
  if response.status == 200 and user and groups then
    txn.http:req_set_header("Remote-User", user)
    txn.http:req_set_header("Remote-Groups", groups)
    local cookie = first(answer, "set-cookie")
    if cookie then txn:set_var("txn.htpasswd_cookie", cookie) end
    return
  end

  local login = first(answer, "x-htpasswd-login")
  if response.status == 401 and login then
    txn:done(txn:reply{ status = 303, headers = { ["location"] = { login }, ["cache-control"] = { "no-store" } } })
  end
  if response.status ~= 400 and response.status ~= 401 and response.status ~= 403 then
    txn:done(txn:reply{ status = 503, headers = { ["cache-control"] = { "no-store" } } })
  end
  -- too many failures are a 403 that says when to try again
  local status = response.status == 403 and first(answer, "retry-after") and 429 or response.status
  local passed = {}
  for _, name in ipairs(relayed) do
    if answer[name] then passed[name] = values(answer[name]) end
  end
  txn:done(txn:reply{ status = status, headers = passed, body = response.body })
end, 1)
