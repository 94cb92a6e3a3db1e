/**
 * What a worker thread runs, as text: it is started from a string, so that no bundler has to find a file, and no minifier or coverage tool
 * can reach into it. The words at `control` are those of threads.ts.
 *
 * A worker takes the next thread number, says that it is ready, and then sleeps until the job number changes. Should the kernels trap, the
 * worker says so and keeps meeting the others at their barriers, so that they come through; the session is over then.
 */
const serve = `
const serve = ({ modules: { kernels, passes, count }, memory, job: { commands, barrier, control, scratch, scratchBytes, patience } }, post) => {
  const words = new Int32Array(memory.buffer, control, 64)
  const meeting = new Int32Array(memory.buffer, barrier, 16)
  const { exports } = new WebAssembly.Instance(kernels, { env: { memory } })
  if (passes !== undefined) {
    exports.table.grow(count)
    new WebAssembly.Instance(passes, { env: { memory }, kernels: exports })
  }
  const { run } = exports
  const thread = Atomics.add(words, 48, 1) + 1
  let done = Atomics.load(words, 0)
  post('ready')
  for (;;) {
    let job = Atomics.load(words, 0)
    for (let turn = 0; job === done; turn++) {
      if (turn >= patience) Atomics.wait(words, 0, done)
      job = Atomics.load(words, 0)
    }
    if (job < 0) return
    done = job
    Atomics.add(words, 16, 1)
    Atomics.notify(words, 16)
    const threads = Atomics.load(words, 1)
    try {
      run(commands, thread, threads, barrier, scratch, scratchBytes, 1)
    } catch (error) {
      Atomics.store(words, 32, 1)
      while (Atomics.load(words, 0) === done) {
        const generation = Atomics.load(meeting, 1)
        if (Atomics.add(meeting, 0, 1) === threads - 1) {
          Atomics.store(meeting, 0, 0)
          Atomics.store(meeting, 1, generation + 1)
          Atomics.notify(meeting, 1)
        } else {
          while (Atomics.load(meeting, 1) === generation && Atomics.load(words, 0) === done) Atomics.wait(meeting, 1, generation, 10)
        }
      }
      return
    }
  }
}
`

/** For node:worker_threads with `eval`. */
export const nodeWorkerSource = `${serve}
const { parentPort, workerData } = require('node:worker_threads')
serve(workerData, message => parentPort.postMessage(message))
`

/** For a worker of the web, which receives its job as the first message. */
export const webWorkerSource = `${serve}
onmessage = ({ data }) => { serve(data, message => postMessage(message)); close() }
`
