/** What each thread of a session runs: the kernels and, where its program has any, passes made for it. */
export interface Modules {
  readonly kernels: WebAssembly.Module
  readonly passes?: WebAssembly.Module
  /** How many passes there are. */
  readonly count: number
}

/** The arguments of the kernels' `run`. */
export type Run = (
  commands: number,
  thread: number,
  threads: number,
  barrier: number,
  scratch: number,
  scratchBytes: number,
  mayWait: number,
) => void

export interface Linked {
  readonly run: Run
  /** Sets the step at which commands of a loop's body stand that are run by themselves. */
  readonly atTurn: (step: number) => void
}

/**
 * Joins the kernels and the passes over one memory: passes import the kernels' functions, and enter themselves into the kernels' table.
 * worker-source.ts does the same on the other threads.
 */
export const link = async (
  { kernels, passes, count }: Modules,
  memory: WebAssembly.Memory,
): Promise<Linked> => {
  const { exports } = await WebAssembly.instantiate(kernels, { env: { memory } })
  if (passes !== undefined) {
    ;(exports['table'] as WebAssembly.Table).grow(count)
    await WebAssembly.instantiate(passes, { env: { memory }, kernels: exports })
  }
  return { run: exports['run'] as Run, atTurn: exports['atTurn'] as Linked['atTurn'] }
}
