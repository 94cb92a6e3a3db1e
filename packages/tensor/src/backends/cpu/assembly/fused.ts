import {
  BLOCK,
  OP_NEG,
  OP_POLYGAMMA,
  OP_NORMAL_FROM_BITS,
  OP_NOT_BOOL,
  OP_NOT,
  OP_NEG_I32,
  OP_SIGN_I32,
  OP_F32_TO_I32,
} from '../opcodes'
import { copyWords, fillWords } from './fill'
import { operate } from './operations'
import { end, first, scratch } from './threads'

// Thread scratch holds the position along each axis (64 words), then a record for each slot, then a buffer of one block for each slot, then
// buffers of two blocks for inputs that repeat.
const RECORDS: usize = 256
const RECORD: usize = 16
const BUFFER: usize = <usize>BLOCK * 4

// A record: where the slot's value stands for the block at hand; then, for an input, how it is read and its period;
// for a result that goes straight to an output, that output's address and the operation that writes it.
const KIND: usize = 4
const PERIOD: usize = 8
const TARGET: usize = 4
const WRITER: usize = 8

/** Stands as the index space does: read in place. */
const WHOLE: i32 = 0
/** One element: spread over the buffer once. */
const CONSTANT: i32 = 1
/** Few elements over and over: repeated in the buffer once, and read from where a block falls in them. */
const REPEATING: i32 = 2
/** Anything else: brought to the buffer for each block. */
const STRIDED: i32 = 3

let rank: i32 = 0
let sizes: usize = 0
let buffers: usize = 0
let repeats: usize = 0


@inline function record(slot: i32): usize {
  return scratch + RECORDS + <usize>slot * RECORD
}


@inline function buffer(slot: i32): usize {
  return buffers + <usize>slot * BUFFER
}


@inline function repeating(slot: i32): usize {
  return repeats + <usize>slot * BUFFER * 2
}

/** Reads `count` elements from position `flat` of the index space on; strides are those of an input at `from`. */
function bring(to: usize, from: usize, strides: usize, flat: i32, count: i32): void {
  let rest = flat
  for (let axis = rank - 1; axis >= 0; axis--) {
    const at = (<usize>axis) << 2
    const size = load<i32>(sizes + at)
    const position = rest % size
    rest /= size
    store<i32>(scratch + at, position)
    from += <usize>((position * load<i32>(strides + at)) << 2)
  }
  const inner = (<usize>(rank - 1)) << 2
  const size = load<i32>(sizes + inner)
  const step = <usize>(load<i32>(strides + inner) << 2)
  let position = load<i32>(scratch + inner)
  while (true) {
    const run = min(size - position, count)
    if (step == 4) copyWords(to, from, run)
    else if (step == 0) fillWords(to, load<u32>(from), run)
    else {
      const last = to + ((<usize>run) << 2)
      for (let source = from, target = to; target < last; target += 4, source += step)
        store<u32>(target, load<u32>(source))
    }
    count -= run
    if (count == 0) return
    to += (<usize>run) << 2
    from -= <usize>position * step
    position = 0
    for (let axis = rank - 2; axis >= 0; axis--) {
      const at = (<usize>axis) << 2
      const stride = load<i32>(strides + at)
      const next = load<i32>(scratch + at) + 1
      from += <usize>(stride << 2)
      if (next < load<i32>(sizes + at)) {
        store<i32>(scratch + at, next)
        break
      }
      store<i32>(scratch + at, 0)
      from -= <usize>((next * stride) << 2)
    }
  }
}

/** Finds out how an input is read, and fills its buffer where that is done once. */
function prepare(slot: i32, input: usize): void {
  const from = <usize>load<u32>(input)
  const strides = input + 4
  let isWhole = true
  let size = 1
  let period = 1
  for (let axis = rank - 1; axis >= 0; axis--) {
    const length = load<i32>(sizes + ((<usize>axis) << 2))
    if (length == 1) continue
    const stride = load<i32>(strides + ((<usize>axis) << 2))
    isWhole = isWhole && stride == size
    size *= length
    if (stride != 0) period = size
  }
  let kind = STRIDED
  if (isWhole) kind = WHOLE
  else if (period == 1) {
    kind = CONSTANT
    fillWords(buffer(slot), load<u32>(from), BLOCK)
  } else if (period <= BLOCK && period < size) {
    kind = REPEATING
    const pattern = repeating(slot)
    bring(pattern, from, strides, 0, period)
    const next = pattern + ((<usize>period) << 2)
    for (let i = 0; i < BLOCK; i++)
      store<u32>(next + ((<usize>i) << 2), load<u32>(pattern + ((<usize>i) << 2)))
  }
  store<u32>(record(slot), <u32>buffer(slot))
  store<i32>(record(slot), kind, KIND)
  store<i32>(record(slot), period, PERIOD)
}

/** Notes where `count` elements of an input from `flat` on can be read, in whole vectors. */
function locate(slot: i32, input: usize, flat: i32, count: i32): void {
  const kind = load<i32>(record(slot), KIND)
  if (kind == CONSTANT) return
  const from = <usize>load<u32>(input)
  let at = buffer(slot)
  if (kind == REPEATING) at = repeating(slot) + ((<usize>(flat % load<i32>(record(slot), PERIOD))) << 2)
  else if (kind == WHOLE) {
    const source = from + ((<usize>flat) << 2)
    // A vector that reaches over the end may lie outside of memory.
    if ((count & 3) == 0) at = source
    else copyWords(at, source, count)
  } else bring(at, from, input + 4, flat, count)
  store<u32>(record(slot), <u32>at)
}


@inline function isUnary(operation: i32): bool {
  return (
    (operation >= OP_NEG && operation <= OP_NORMAL_FROM_BITS) ||
    (operation >= OP_NOT_BOOL && operation <= OP_NOT) ||
    (operation >= OP_NEG_I32 && operation <= OP_SIGN_I32) ||
    operation >= OP_F32_TO_I32
  )
}

/** Does an operation after number `writer` read an input that stands at `address`? */
function isReadAfter(
  address: usize,
  writer: i32,
  list: usize,
  operations: i32,
  inputList: usize,
  inputWords: usize,
  inputs: i32,
): bool {
  for (let i = writer + 1; i < operations; i++) {
    const operation = list + <usize>i * 20
    const operands: usize = isUnary(load<i32>(operation)) ? 1 : 3
    for (let operand: usize = 0; operand < operands; operand++) {
      const slot = load<i32>(operation + 8 + (operand << 2))
      if (slot < inputs && <usize>load<u32>(inputList + <usize>slot * inputWords) == address) return true
    }
  }
  return false
}

/** The last operation that writes a slot, or −1. */
function writerOf(slot: i32, list: usize, operations: i32): i32 {
  for (let i = operations - 1; i >= 0; i--) {
    if (load<i32>(list + <usize>i * 20, 4) == slot) return i
  }
  return -1
}

/**
 * [FUSED, words, rank, sizes × rank, inputs, (address, strides × rank) × inputs, literals, bits × literals,
 *  operations, (operation, to, a, b, c) × operations, outputs, (slot, address) × outputs, slots]
 */
export function fused(command: usize): void {
  rank = load<i32>(command, 8)
  sizes = command + 12
  const inputWords = (<usize>(rank + 1)) << 2
  const inputs = load<i32>(sizes + ((<usize>rank) << 2))
  const inputList = sizes + inputWords
  let next = inputList + <usize>inputs * inputWords
  const literals = load<i32>(next)
  const literalList = next + 4
  next = literalList + ((<usize>literals) << 2)
  const operations = load<i32>(next)
  const list = next + 4
  next = list + <usize>operations * 20
  const outputs = load<i32>(next)
  const outputList = next + 4
  const slots = load<i32>(outputList + <usize>outputs * 8)

  let size = 1
  for (let axis = 0; axis < rank; axis++) size *= load<i32>(sizes + ((<usize>axis) << 2))
  const last = end(size, BLOCK)
  let flat = first(size, BLOCK)
  if (flat >= last) return

  buffers = scratch + RECORDS + <usize>((slots + 3) & ~3) * RECORD
  repeats = buffers + <usize>slots * BUFFER
  for (let i = 0; i < inputs; i++) prepare(i, inputList + <usize>i * inputWords)
  for (let i = 0; i < literals; i++) {
    fillWords(buffer(inputs + i), load<u32>(literalList + ((<usize>i) << 2)), BLOCK)
    store<u32>(record(inputs + i), <u32>buffer(inputs + i))
  }
  for (let slot = inputs + literals; slot < slots; slot++) store<i32>(record(slot), -1, WRITER)
  for (let i = 0; i < outputs; i++) {
    const output = outputList + <usize>i * 8
    const slot = load<i32>(output)
    const target = <usize>load<u32>(output, 4)
    if (slot < inputs + literals) continue
    const writer = writerOf(slot, list, operations)
    if (isReadAfter(target, writer, list, operations, inputList, inputWords, inputs)) continue
    store<u32>(record(slot), <u32>target, TARGET)
    store<i32>(record(slot), writer, WRITER)
  }

  for (; flat < last; flat += BLOCK) {
    const count = min(BLOCK, last - flat)
    const isWhole = (count & 3) == 0
    const offset = (<usize>flat) << 2
    const bytes = (<usize>((count + 3) & ~3)) << 2
    for (let i = 0; i < inputs; i++) locate(i, inputList + <usize>i * inputWords, flat, count)
    for (let i = 0; i < operations; i++) {
      const operation = list + <usize>i * 20
      const slot = load<i32>(operation, 4)
      const goesOut = isWhole && load<i32>(record(slot), WRITER) == i
      const to = goesOut ? <usize>load<u32>(record(slot), TARGET) + offset : buffer(slot)
      const a = <usize>load<u32>(record(load<i32>(operation, 8)))
      const b = <usize>load<u32>(record(load<i32>(operation, 12)))
      const order = load<i32>(operation, 16)
      const code = load<i32>(operation)
      const c = code == OP_POLYGAMMA ? a : <usize>load<u32>(record(order))
      operate(code, to, to + bytes, a, b, c, order)
      store<u32>(record(slot), <u32>to)
    }
    for (let i = 0; i < outputs; i++) {
      const output = outputList + <usize>i * 8
      const from = <usize>load<u32>(record(load<i32>(output)))
      const to = <usize>load<u32>(output, 4) + offset
      if (from != to) copyWords(to, from, count)
    }
  }
}
