/** The thread that this instance runs as; instances share memory, not globals. */
export let thread: i32 = 0
export let threads: i32 = 1
/** This thread's own scratch memory. */
export let scratch: usize = 0

let arrived: usize = 0
let mayWait: bool = false

// Turns of the waiting loop before a thread goes to sleep: a tenth of a millisecond or two. Threads that take turns to sleep are left on one processor.
const PATIENCE: i32 = 200000

export function enter(
  asThread: i32,
  ofThreads: i32,
  barrierAt: usize,
  scratchAt: usize,
  maySleep: bool,
): void {
  thread = asThread
  threads = ofThreads
  arrived = barrierAt
  scratch = scratchAt
  mayWait = maySleep
}

/** Returns once every thread has come here. What any of them wrote before is then seen by all. */
export function barrier(): void {
  if (threads == 1) return
  const generation = atomic.load<i32>(arrived, 4)
  if (atomic.add<i32>(arrived, 1) == threads - 1) {
    atomic.store<i32>(arrived, 0)
    atomic.store<i32>(arrived, generation + 1, 4)
    // A sleeper counts itself before it compares generations, so one of the two sides always sees the other.
    if (atomic.load<i32>(arrived, 8) != 0) atomic.notify(arrived + 4, -1)
    return
  }
  for (let turn = 0; turn < PATIENCE; turn++) {
    if (atomic.load<i32>(arrived, 4) != generation) return
  }
  if (mayWait) {
    atomic.add<i32>(arrived, 1, 8)
    while (atomic.load<i32>(arrived, 4) == generation) atomic.wait<i32>(arrived + 4, generation, -1)
    atomic.sub<i32>(arrived, 1, 8)
  } else {
    while (atomic.load<i32>(arrived, 4) == generation) {}
  }
}

/** Where the share of thread `whose` begins when `total` things are dealt out in runs of `grain`; that of `threads` is the end of the last. */
export function shareStart(total: i32, grain: i32, whose: i32): i32 {
  const runs = <i64>((<u32>total + grain - 1) / <u32>grain)
  return <i32>min<i64>(((runs * whose) / threads) * grain, total)
}

/** The first thing that this thread does. */
export function first(total: i32, grain: i32): i32 {
  return shareStart(total, grain, thread)
}

/** The thing after the last that this thread does. */
export function end(total: i32, grain: i32): i32 {
  return shareStart(total, grain, thread + 1)
}
