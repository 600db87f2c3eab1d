-- For wrk: asks for the tiles of a list, one after the other, again and again.
local paths = {}
for line in io.lines(os.getenv("TILES")) do
  paths[#paths + 1] = os.getenv("PREFIX") .. line
end
local n = 0

request = function()
  n = n % #paths + 1
  return wrk.format("GET", paths[n])
end
