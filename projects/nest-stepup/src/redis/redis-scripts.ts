import { hash } from 'node:crypto';

/** A script that Redis runs as one step, and the name it knows it by. */
export interface RedisScript {
  readonly text: string;
  readonly sha1: string;
}

// A record is a hash of its value (v), its revision (r) and its end by the app's clock (e). Redis
// drops it by its own clock; the end is compared too, so that instances go by the clock they have.

/**
 * Writes a record if its revision is the expected one, 0 for none, and tells who watches it.
 *
 * Keys: the record, the due records. Values: expected revision, value, now, end, time to live in
 * milliseconds, when it is due or an empty text, the record's name, its channel.
 */
export const WRITE = script(`
local current = redis.call('HMGET', KEYS[1], 'r', 'e')
local revision = '0'
if current[2] and tonumber(current[2]) > tonumber(ARGV[3]) then revision = current[1] end
if revision ~= ARGV[1] then return 0 end
local ttl = tonumber(ARGV[5])
if ttl > 0 then
  redis.call('HSET', KEYS[1], 'v', ARGV[2], 'r', string.format('%d', ARGV[1] + 1), 'e', ARGV[4])
  redis.call('PEXPIRE', KEYS[1], ttl)
else
  redis.call('DEL', KEYS[1])
end
if ttl > 0 and ARGV[6] ~= '' then
  redis.call('ZADD', KEYS[2], ARGV[6], ARGV[7])
  if redis.call('PTTL', KEYS[2]) < ttl then redis.call('PEXPIRE', KEYS[2], ttl) end
else
  redis.call('ZREM', KEYS[2], ARGV[7])
end
redis.call('PUBLISH', ARGV[8], '')
return 1
`);

/** Reads a record. Keys: the record. Values: now. */
export const READ = script(`
local record = redis.call('HMGET', KEYS[1], 'v', 'r', 'e')
if record[3] and tonumber(record[3]) > tonumber(ARGV[1]) then return { record[1], record[2] } end
return false
`);

/**
 * Claims due records, and drops the names of those that are gone.
 *
 * Keys: the due records, what keys of records begin with. Values: now, the end of the lease, how
 * many at most.
 */
export const CLAIM = script(`
local now, limit = tonumber(ARGV[1]), tonumber(ARGV[3])
local ttl = redis.call('PTTL', KEYS[1])
local claimed = {}
while #claimed < limit do
  local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, limit - #claimed)
  if #due == 0 then break end
  for _, name in ipairs(due) do
    redis.call('ZREM', KEYS[1], name)
    local ends = redis.call('HGET', KEYS[2] .. name, 'e')
    if ends and tonumber(ends) > now then claimed[#claimed + 1] = name end
  end
end
for _, name in ipairs(claimed) do redis.call('ZADD', KEYS[1], ARGV[2], name) end
if #claimed > 0 and ttl > 0 then redis.call('PEXPIRE', KEYS[1], ttl) end
return claimed
`);

/**
 * Counts an event. Keys: the count. Values: now, the end of a window that begins now, its length
 * in milliseconds.
 */
export const COUNT = script(`
local ends = redis.call('HGET', KEYS[1], 'e')
if ends and tonumber(ends) > tonumber(ARGV[1]) then
  return { redis.call('HINCRBY', KEYS[1], 'n', 1), ends }
end
redis.call('HSET', KEYS[1], 'n', 1, 'e', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return { 1, ARGV[2] }
`);

function script(text: string): RedisScript {
  return { text, sha1: hash('sha1', text) };
}
