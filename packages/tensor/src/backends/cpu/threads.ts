import type { Modules, Run } from './link.js'
import { nodeWorkerSource, webWorkerSource } from './worker-source.js'

/**
 * Threads of one session: the caller's is number 0, workers are the rest. All run the same commands over one shared memory and meet at
 * barriers in there; no message passes during a step. Control words, each on a cache line of its own:
 * 0 the job's number (negative: stop), 1 how many threads there are, 16 workers awake for this job, 32 a worker's kernels trapped,
 * 48 thread numbers given away.
 *
 * No step waits for ever on a worker: one that has died does not report awake, and after a limit the step fails; one whose kernels trap
 * keeps coming to the barriers and says so at the end. Only a worker that the system itself kills in the middle of a step would be waited
 * for, and then the process or page dies with it.
 */
const [jobWord, threadsWord, awakeWord, trappedWord, numberWord] = [0, 1, 16, 32, 48]

/** Turns of the loop in which a worker waits for the next job before it sleeps: some tens of microseconds. */
const patience = 10_000
/** How long a worker may take to start, and to wake; in milliseconds. One that has died never does. */
const startLimit = 20_000
const wakeLimit = 30_000

/** What of the arguments of `run` all threads share. */
export interface Job {
  readonly commands: number
  readonly barrier: number
  readonly control: number
  readonly scratch: number
  readonly scratchBytes: number
}

interface Handle {
  /** Resolves when the worker is ready, rejects when it fails before. */
  readonly ready: Promise<void>
  /** Called when the worker is lost after it was ready. */
  onLost: (reason: string) => void
  stop(): Promise<unknown>
}

/** Threads that carry out jobs together. */
export interface Crew {
  readonly threads: number
  /** Why there are fewer threads than were asked for. */
  readonly shortage?: string
  /** Runs the commands once on all threads. Throws when they trap, or when a worker is lost. */
  work(): void
  stop(): Promise<void>
}

const builtin = <T>(name: string): T | undefined =>
  (globalThis.process as Partial<typeof process> | undefined)?.getBuiltinModule?.(name) as T | undefined

/** Threads that run at once on this machine. */
export const parallelism = (): number =>
  builtin<typeof import('node:os')>('node:os')?.availableParallelism() ??
  (globalThis.navigator as Navigator | undefined)?.hardwareConcurrency ??
  1

/** Why threads cannot share memory here, in plain words; `undefined` when they can. */
export const whyUnshared = (): string | undefined => {
  if (typeof SharedArrayBuffer === 'undefined' || globalThis.crossOriginIsolated === false) {
    return 'threads need shared memory, which a page has only when it is cross-origin isolated: serve it with the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp'
  }
  return undefined
}

/** A page's own thread must not sleep; workers and Node may. */
const mayWait = (): boolean => {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1)
    return true
  } catch {
    return false
  }
}

const message = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

const nodeWorker = ({ Worker }: typeof import('node:worker_threads'), data: object): Handle => {
  const worker = new Worker(nodeWorkerSource, { eval: true, workerData: data, execArgv: [] })
  const handle: Handle = {
    ready: new Promise((resolve, reject) => {
      worker.once('message', () => {
        // From now on a script may end although the worker sleeps.
        worker.unref()
        resolve()
      })
      const lost = (reason: string): void => {
        reject(new Error(reason))
        handle.onLost(reason)
      }
      worker.once('error', (error: unknown) => lost(message(error)))
      worker.once('exit', code => lost(`exit code ${code}`))
    }),
    onLost: () => undefined,
    stop: () => worker.terminate(),
  }
  return handle
}

const webWorker = (data: object): Handle => {
  const url = URL.createObjectURL(new Blob([webWorkerSource], { type: 'text/javascript' }))
  const worker = new Worker(url, { type: 'module' })
  const handle: Handle = {
    ready: new Promise((resolve, reject) => {
      worker.onmessage = () => resolve()
      worker.onerror = event => {
        reject(new Error(event.message))
        handle.onLost(event.message)
      }
    }),
    onLost: () => undefined,
    stop: () => {
      worker.terminate()
      return Promise.resolve()
    },
  }
  worker.postMessage(data)
  void handle.ready.catch(() => undefined).then(() => URL.revokeObjectURL(url))
  return handle
}

const within = (limit: number, ready: Promise<void>): Promise<void> => {
  let timer: ReturnType<typeof setTimeout>
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not ready after ${limit / 1000} s`)), limit)
  })
  return Promise.race([ready, late]).finally(() => clearTimeout(timer))
}

/** A crew of one: the caller's thread alone. */
export const alone = (
  run: Run,
  { commands, barrier, scratch, scratchBytes }: Job,
  shortage?: string,
): Crew => ({
  threads: 1,
  ...(shortage === undefined ? {} : { shortage }),
  work: () => run(commands, 0, 1, barrier, scratch, scratchBytes, 0),
  stop: () => Promise.resolve(),
})

/** Starts `threads` − 1 workers on a shared memory; fewer when some do not start. */
export const assemble = async (
  threads: number,
  run: Run,
  modules: Modules,
  memory: WebAssembly.Memory,
  job: Job,
): Promise<Crew> => {
  const { commands, barrier, control, scratch, scratchBytes } = job
  const words = new Int32Array(memory.buffer, control, 64)
  const data = { modules, memory, job: { commands, barrier, control, scratch, scratchBytes, patience } }
  const worker = builtin<typeof import('node:worker_threads')>('node:worker_threads')
  const handles: Handle[] = []
  const reasons: string[] = []
  for (let i = 1; i < threads; i++) {
    try {
      handles.push(worker === undefined ? webWorker(data) : nodeWorker(worker, data))
    } catch (cause) {
      reasons.push(message(cause))
    }
  }
  const outcomes = await Promise.allSettled(handles.map(({ ready }) => within(startLimit, ready)))
  const started = handles.filter((_, i) => outcomes[i]?.status === 'fulfilled')
  for (const outcome of outcomes) if (outcome.status === 'rejected') reasons.push(message(outcome.reason))
  await Promise.all(handles.filter(handle => !started.includes(handle)).map(handle => handle.stop()))

  const stop = async (): Promise<void> => {
    for (const handle of handles) handle.onLost = () => undefined
    Atomics.store(words, jobWord, -1)
    Atomics.notify(words, jobWord)
    await Promise.all(started.map(handle => handle.stop()))
  }
  const shortage =
    reasons.length === 0
      ? undefined
      : `${reasons.length} of ${threads - 1} worker threads did not start: ${reasons[0]}`
  // A worker that took a number and then failed leaves a gap among the threads.
  if (started.length === 0 || Atomics.load(words, numberWord) !== started.length) {
    await stop()
    return alone(run, job, shortage ?? 'no worker threads started')
  }

  const crew = started.length + 1
  const wait = mayWait()
  let lost: string | undefined
  for (const handle of started) handle.onLost = reason => (lost ??= reason)
  Atomics.store(words, threadsWord, crew)
  let number = 0

  /** Workers that are not awake in time have died: without them the barriers would never open. */
  const muster = (): void => {
    let since = 0
    for (let turn = 1; ; turn++) {
      const awake = Atomics.load(words, awakeWord)
      if (awake === started.length) return
      if (turn % patience !== 0) continue
      since ||= performance.now()
      if (performance.now() - since > wakeLimit)
        throw new Error(`a worker thread did not wake within ${wakeLimit / 1000} s`)
      if (wait) Atomics.wait(words, awakeWord, awake, 100)
    }
  }

  return {
    threads: crew,
    ...(shortage === undefined ? {} : { shortage }),
    work: () => {
      if (lost !== undefined) throw new Error(`a worker thread was lost: ${lost}`)
      Atomics.store(words, awakeWord, 0)
      number = (number + 1) & 0x3fffffff
      Atomics.store(words, jobWord, number)
      Atomics.notify(words, jobWord)
      muster()
      run(commands, 0, crew, barrier, scratch, scratchBytes, wait ? 1 : 0)
      if (Atomics.load(words, trappedWord) !== 0) throw new Error('the kernels trapped on a worker thread')
    },
    stop,
  }
}
