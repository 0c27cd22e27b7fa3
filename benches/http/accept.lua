-- Accepts invitations: each request another one of a file, beginning behind those of earlier rounds. A line is a link,
-- for somebody new, or a link and the session of somebody who is signed in.
local lines, n = {}, 0

function init(args)
  for line in io.lines(args[1] .. "/" .. args[2]) do table.insert(lines, line) end
  n = tonumber(args[3])
end

function request()
  n = n + 1
  if n > #lines then wrk.thread:stop() end
  local link, session = (lines[n] or ""):match("(%S+) ?(%S*)")
  local known = session and session ~= ""
  local headers = {
    ["Cookie"] = "invitation=" .. (link or "") .. (known and "; session=" .. session or ""),
    ["Origin"] = "http://" .. wrk.headers["Host"],
    ["Content-Type"] = "application/x-www-form-urlencoded",
  }
  return wrk.format("POST", "/invitation", headers, known and "" or "password=correct+horse+battery+staple")
end

local wrong = 0
function response(status, headers)
  if status ~= 303 then
    wrong = wrong + 1
    if wrong == 1 then io.stderr:write("wrong answer: " .. status .. "\n") end
  end
end
