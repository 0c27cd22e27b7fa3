-- Creates users: each request another address, in turn in each of some of the accounts that the file "creators" names, from
-- the one to the other.
local accounts, n = {}, 0
local run

function init(args)
  run = args[2]
  local from, to, number = tonumber(args[3]), tonumber(args[4]), 0
  for line in io.lines(args[1] .. "/creators") do
    number = number + 1
    local account, token = line:match("(%S+) (%S+)")
    if number >= from and number <= to then table.insert(accounts, { path = "/accounts/" .. account .. "/users", cookie = "session=" .. token }) end
  end
end

function request()
  n = n + 1
  local account = accounts[n % #accounts + 1]
  local body = "user_type=administrator&agent=no&first_name=Ann&last_name=Made&email=made" .. run .. "x" .. n .. "%40bench.test"
  local headers = {
    ["Cookie"] = account.cookie,
    ["Origin"] = "http://" .. wrk.headers["Host"],
    ["Content-Type"] = "application/x-www-form-urlencoded",
  }
  return wrk.format("POST", account.path, headers, body)
end

local wrong = 0
function response(status, headers)
  if status ~= 303 or not (headers["location"] or ""):find("/created") then
    wrong = wrong + 1
    if wrong == 1 then io.stderr:write("wrong answer: " .. status .. " " .. (headers["location"] or "") .. "\n") end
  end
end
