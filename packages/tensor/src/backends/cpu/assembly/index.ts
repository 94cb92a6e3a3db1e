import {
  ARGMAX,
  ARGSORT,
  COPY,
  CUMSUM,
  DIRECT,
  FILL,
  FUSED,
  GATHER,
  IOTA,
  LOOP,
  MATMUL,
  MAX,
  MAX_I32,
  MAX_U32,
  REDUCE,
  SCATTER_ADD,
  SUM,
  SUM_WHOLE,
  THREEFRY,
  UNFOLD,
  WINOGRAD,
  END,
} from '../opcodes'
import { copy } from './copy'
import { direct } from './direct'
import { copyWords, fill, iota } from './fill'
import { atTurn, fused, turn } from './fused'
import { gather, scatterAdd } from './gather'
import { matmul } from './matmul'
import { argmax, argsort, cumsum } from './order'
import { reduce } from './reduce'
import { barrier, end, enter, first } from './threads'
import { reducePass } from './reduce-pass'
import { threefry } from './threefry'
import { unfold } from './unfold'
import { winograd } from './winograd'

export * from './lanes'
export { atTurn }

/** Copies of step `t` of a loop, one after the other: [(toAddress, toStride, fromAddress, fromStride, count) × copies]. */
function copies(list: usize, count: i32, t: i32): void {
  for (let i = 0; i < count; i++, list += 20) {
    const words = load<i32>(list, 16)
    const start = first(words, 1024)
    const offset = (<usize>start) << 2
    copyWords(
      <usize>load<u32>(list) + <usize>((t * load<i32>(list, 4)) << 2) + offset,
      <usize>load<u32>(list, 8) + <usize>((t * load<i32>(list, 12)) << 2) + offset,
      end(words, 1024) - start,
    )
    barrier()
  }
}

/** [LOOP, words, steps, reverse, before, 5 × before, after, 5 × after, …body] */
function loop(command: usize): void {
  const steps = load<i32>(command, 8)
  const reverse = load<i32>(command, 12) != 0
  const before = load<i32>(command, 16)
  const beforeList = command + 20
  const after = load<i32>(beforeList + <usize>before * 20)
  const afterList = beforeList + <usize>before * 20 + 4
  const body = afterList + <usize>after * 20
  const around = turn
  for (let step = 0; step < steps; step++) {
    const t = reverse ? steps - 1 - step : step
    atTurn(t)
    copies(beforeList, before, t)
    walk(body)
    copies(afterList, after, t)
  }
  atTurn(around)
}

function execute(opcode: i32, command: usize): void {
  switch (opcode) {
    case FILL: {
      fill(command)
      break
    }
    case IOTA: {
      iota(command)
      break
    }
    case REDUCE: {
      reducePass(command)
      break
    }
    case COPY: {
      copy(command)
      break
    }
    case FUSED: {
      fused(command)
      break
    }
    case SUM:
    case SUM_WHOLE:
    case MAX:
    case MAX_I32:
    case MAX_U32: {
      reduce(command)
      break
    }
    case ARGMAX: {
      argmax(command)
      break
    }
    case CUMSUM: {
      cumsum(command)
      break
    }
    case ARGSORT: {
      argsort(command)
      break
    }
    case MATMUL: {
      matmul(command)
      break
    }
    case UNFOLD: {
      unfold(command)
      break
    }
    case WINOGRAD: {
      winograd(command)
      break
    }
    case DIRECT: {
      direct(command)
      break
    }
    case GATHER: {
      gather(command)
      break
    }
    case SCATTER_ADD: {
      scatterAdd(command)
      break
    }
    case THREEFRY: {
      threefry(command)
      break
    }
    default:
      unreachable()
  }
}

/** Looks at the command ahead before a barrier, not after: once the last barrier is passed, the host may already be writing the next plan. */
function walk(command: usize): void {
  let opcode = load<i32>(command)
  while (opcode != END) {
    const next = command + ((<usize>load<u32>(command, 4)) << 2)
    const ahead = load<i32>(next)
    if (opcode == LOOP) loop(command)
    else {
      execute(opcode, command)
      barrier()
    }
    command = next
    opcode = ahead
  }
}

/**
 * Walks the plan as thread `thread` of `threads`, which all do so at once; returns when all are through. A thread's scratch memory is at
 * `scratch + thread · scratchBytes`. A thread that `mayWait` not (a page's own) never sleeps at a barrier.
 */
export function run(
  plan: usize,
  thread: i32,
  threads: i32,
  barrierAt: usize,
  scratch: usize,
  scratchBytes: usize,
  mayWait: i32,
): void {
  enter(thread, threads, barrierAt, scratch + <usize>thread * scratchBytes, mayWait != 0)
  walk(plan)
}
