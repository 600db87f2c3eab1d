-- For wrk: asks for the paths of a list, one after the other, again and again, as whoever the cookie says.
local paths = {}
for line in io.lines(os.getenv("TILES")) do
  paths[#paths + 1] = os.getenv("PREFIX") .. line
end
local n = 0
local headers = { ["Cookie"] = os.getenv("COOKIE") }

request = function()
  n = n % #paths + 1
  return wrk.format("GET", paths[n], headers)
end
