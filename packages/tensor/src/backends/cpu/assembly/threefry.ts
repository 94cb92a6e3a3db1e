import { end, first } from './threads'

// Skein's key-schedule constant C240, cut to 32 bits.
const PARITY: u32 = 0x1bd11bda


@inline function rotate(x: v128, bits: i32): v128 {
  if (bits == 16) return v128.shuffle<i16>(x, x, 1, 0, 3, 2, 5, 4, 7, 6)
  return v128.or(i32x4.shl(x, bits), i32x4.shr_u(x, 32 - bits))
}

/** [THREEFRY, 7, to, key, counter, count, domain]: Threefry-2x32 with 20 rounds (Salmon et al. 2011), four counters at a time. */
export function threefry(command: usize): void {
  const to = <usize>load<u32>(command, 8)
  const key = <usize>load<u32>(command, 12)
  const counter = <usize>load<u32>(command, 16)
  const count = load<i32>(command, 20)
  const domain = load<u32>(command, 24)
  const key0 = load<u32>(key)
  const key1 = load<u32>(key, 4)
  const k0 = i32x4.splat(key0)
  const k1 = i32x4.splat(key1)
  const k2 = i32x4.splat(PARITY ^ key0 ^ key1)
  const second = (<usize>count) << 2
  const last = end(count, 256)
  for (let i = first(count, 256); i < last; i += 4) {
    const from = counter + ((<usize>i) << 2)
    const left = last - i
    let x: v128
    if (left >= 4) x = v128.load(from)
    else {
      x = v128.load32_zero(from)
      if (left > 1) x = v128.load_lane<u32>(from + 4, x, 1)
      if (left > 2) x = v128.load_lane<u32>(from + 8, x, 2)
    }
    x = i32x4.add(x, k0)
    let y = i32x4.add(i32x4.splat(domain), k1)

    x = i32x4.add(x, y)
    y = v128.xor(rotate(y, 13), x)
    x = i32x4.add(x, y)
    y = v128.xor(rotate(y, 15), x)
    x = i32x4.add(x, y)
    y = v128.xor(rotate(y, 26), x)
    x = i32x4.add(x, y)
    y = v128.xor(rotate(y, 6), x)
    x = i32x4.add(x, k1)
    y = i32x4.add(i32x4.add(y, k2), i32x4.splat(1))

    x = i32x4.add(x, y)
    y = v128.xor(rotate(y, 17), x)
    x = i32x4.add(x, y)
    y = v128.xor(rotate(y, 29), x)
    x = i32x4.add(x, y)
    y = v128.xor(rotate(y, 16), x)
    x = i32x4.add(x, y)
    y = v128.xor(rotate(y, 24), x)
    x = i32x4.add(x, k2)
    y = i32x4.add(i32x4.add(y, k0), i32x4.splat(2))

    x = i32x4.add(x, y)
    y = v128.xor(rotate(y, 13), x)
    x = i32x4.add(x, y)
    y = v128.xor(rotate(y, 15), x)
    x = i32x4.add(x, y)
    y = v128.xor(rotate(y, 26), x)
    x = i32x4.add(x, y)
    y = v128.xor(rotate(y, 6), x)
    x = i32x4.add(x, k0)
    y = i32x4.add(i32x4.add(y, k1), i32x4.splat(3))

    x = i32x4.add(x, y)
    y = v128.xor(rotate(y, 17), x)
    x = i32x4.add(x, y)
    y = v128.xor(rotate(y, 29), x)
    x = i32x4.add(x, y)
    y = v128.xor(rotate(y, 16), x)
    x = i32x4.add(x, y)
    y = v128.xor(rotate(y, 24), x)
    x = i32x4.add(x, k1)
    y = i32x4.add(i32x4.add(y, k2), i32x4.splat(4))

    x = i32x4.add(x, y)
    y = v128.xor(rotate(y, 13), x)
    x = i32x4.add(x, y)
    y = v128.xor(rotate(y, 15), x)
    x = i32x4.add(x, y)
    y = v128.xor(rotate(y, 26), x)
    x = i32x4.add(x, y)
    y = v128.xor(rotate(y, 6), x)
    x = i32x4.add(x, k2)
    y = i32x4.add(i32x4.add(y, k0), i32x4.splat(5))

    const target = to + ((<usize>i) << 2)
    if (left >= 4) {
      v128.store(target, x)
      v128.store(target + second, y)
    } else {
      v128.store_lane<u32>(target, x, 0)
      v128.store_lane<u32>(target + second, y, 0)
      if (left > 1) {
        v128.store_lane<u32>(target + 4, x, 1)
        v128.store_lane<u32>(target + second + 4, y, 1)
      }
      if (left > 2) {
        v128.store_lane<u32>(target + 8, x, 2)
        v128.store_lane<u32>(target + second + 8, y, 2)
      }
    }
  }
}
