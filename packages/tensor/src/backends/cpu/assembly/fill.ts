import { end, first } from './threads'

/** `count` words of the same bits. */
export function fillWords(to: usize, bits: u32, count: i32): void {
  const last = to + ((<usize>count) << 2)
  const lanes = i32x4.splat(bits)
  for (; to + 16 <= last; to += 16) v128.store(to, lanes)
  for (; to < last; to += 4) store<u32>(to, bits)
}

/** `count` words, moved. Short runs go faster than by memory.copy. */
export function copyWords(to: usize, from: usize, count: i32): void {
  if (count >= 64) {
    memory.copy(to, from, (<usize>count) << 2)
    return
  }
  const last = to + ((<usize>count) << 2)
  for (; to + 16 <= last; to += 16, from += 16) v128.store(to, v128.load(from))
  for (; to < last; to += 4, from += 4) store<u32>(to, load<u32>(from))
}

/** [FILL, 5, to, count, bits] */
export function fill(command: usize): void {
  const to = <usize>load<u32>(command, 8)
  const count = load<i32>(command, 12)
  const start = first(count, 1024)
  fillWords(to + ((<usize>start) << 2), load<u32>(command, 16), end(count, 1024) - start)
}

/** [IOTA, 5, to, count, isFloat] */
export function iota(command: usize): void {
  const to = <usize>load<u32>(command, 8)
  const count = load<i32>(command, 12)
  const isFloat = load<i32>(command, 16) != 0
  const last = end(count, 1024)
  for (let i = first(count, 1024); i < last; i++) {
    if (isFloat) store<f32>(to + ((<usize>i) << 2), <f32>i)
    else store<i32>(to + ((<usize>i) << 2), i)
  }
}
