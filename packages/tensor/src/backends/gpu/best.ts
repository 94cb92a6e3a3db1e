import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Backend, BackendError } from '../../runtime/backend.js'
import { cpu } from '../cpu/cpu.js'
import { openGpu } from './gpu.js'
import { selfTest } from './self-test.js'

export interface BestOptions {
  /** What to try, in this order, before the CPU: `['webgpu', 'webgl2']` unless told. */
  readonly modes?: readonly ('webgpu' | 'webgl2')[]
  /** Threads of the CPU backend, whether it runs everything or what the device cannot. Its own default unless told. */
  readonly threads?: number
}

/** A backend whose sessions also say why it was chosen. */
const explained = (backend: Backend, reason: string): Backend => ({
  ...backend,
  open: (program, state) =>
    pipe(
      backend.open(program, state),
      TE.map(session => ({
        ...session,
        executed: {
          ...session.executed,
          fallbackReason: [reason, session.executed.fallbackReason].filter(Boolean).join('; '),
        },
      })),
    ),
})

/**
 * The best device that computes right: WebGPU, else WebGL 2, else the embedded CPU backend. Each is tried on a small program with known
 * results before it is trusted. `executed` names what was chosen, and as `fallbackReason` what was passed over and why.
 */
export const best =
  ({ modes = ['webgpu', 'webgl2'], threads }: BestOptions = {}): TaskEither<BackendError, Backend> =>
  async () => {
    const passedOver: string[] = []
    const reasoned = (backend: Backend): Backend =>
      passedOver.length === 0 ? backend : explained(backend, passedOver.join('; '))
    for (const mode of modes) {
      const opened = await openGpu(mode, threads ?? 1)()
      if (E.isLeft(opened)) {
        passedOver.push(opened.left.message)
        continue
      }
      const wrong = await selfTest(opened.right)
      if (wrong === undefined) return E.right(reasoned(opened.right))
      passedOver.push(`${mode}: ${wrong}`)
    }
    return pipe(await cpu(threads === undefined ? {} : { threads })(), E.map(reasoned))
  }
