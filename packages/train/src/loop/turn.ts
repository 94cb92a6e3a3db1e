/** The longest time, in milliseconds, for which training keeps timers, signals and the page's events waiting, apart from one step. */
const patience = 16

const macrotask = (): Promise<void> =>
  new Promise(resolve => {
    const { port1, port2 } = new MessageChannel()
    port2.onmessage = () => {
      port2.close()
      resolve()
    }
    port1.postMessage(undefined)
  })

/**
 * Steps run to their end on the caller's thread, and promises alone never let the event loop turn: without this neither Ctrl-C nor a button
 * would be noticed. Called after each step; lets the loop turn when it is time.
 */
export const courtesy = (): (() => Promise<void>) => {
  let last = performance.now()
  return async () => {
    if (performance.now() - last < patience) return
    await macrotask()
    last = performance.now()
  }
}
