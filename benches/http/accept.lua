-- Accepts invitations: each request another one of the file "invitations", beginning behind those of earlier rounds.
local links, n = {}, 0

function init(args)
  for line in io.lines(args[1] .. "/invitations") do table.insert(links, line) end
  n = tonumber(args[2])
end

function request()
  n = n + 1
  if n > #links then wrk.thread:stop() end
  local headers = {
    ["Cookie"] = "invitation=" .. (links[n] or ""),
    ["Origin"] = "http://" .. wrk.headers["Host"],
    ["Content-Type"] = "application/x-www-form-urlencoded",
  }
  return wrk.format("POST", "/invitation", headers, "password=correct+horse+battery+staple")
end

local wrong = 0
function response(status, headers)
  if status ~= 303 then
    wrong = wrong + 1
    if wrong == 1 then io.stderr:write("wrong answer: " .. status .. "\n") end
  end
end
