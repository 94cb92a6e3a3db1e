import { FIRST_PASS } from '../opcodes'
import { end, first } from './threads'

/** Elements that are not shared out: 4 KiB of each array. */
const GRAIN: i32 = 1024

/** Calls a pass for the elements from `start` up to `stop`. What has a place of its own goes to byte `shift + place + 4 · element`. */
export function pass(number: i32, start: i32, stop: i32, shift: usize): void {
  call_indirect<void>(<u32>(FIRST_PASS + number), start, stop, shift)
}

/** The step that the innermost loop is at. */
export let turn: i32 = 0

export function atTurn(step: i32): void {
  turn = step
}

/** [FUSED, 5, pass, size, turn] */
export function fused(command: usize): void {
  const size = load<i32>(command, 12)
  const start = first(size, GRAIN)
  const stop = end(size, GRAIN)
  if (start < stop) pass(load<i32>(command, 8), start, stop, <usize>(turn * load<i32>(command, 16)))
}
