import { describe, expect, it } from '@jest/globals'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  add,
  cpu,
  evaluate,
  key,
  ndarray,
  open,
  run,
  tensor,
  trace,
  zerosLike,
  type NDArray,
  type Shape,
  type Tensor,
} from '@elbo/tensor'
import { minus, over, times } from '../arithmetic.js'
import { inDoubles, numbers, onCpu } from '../evaluate.testing.js'
import type { Denoiser } from '../process/denoiser.js'
import { cosineBetas } from '../process/schedules/cosine.js'
import { linear, linearBetas } from '../process/schedules/linear.js'
import { ddim } from '../samplers/ddim.js'
import { samplers } from '../samplers/table.js'
import { linspace } from '../spacing/linspace.js'
import { continuousPath, discretePath } from '../spacing/spacing.js'
import { trailing } from '../spacing/trailing.js'
import { denoiserOf } from './exact.testing.js'
import type { Path } from './path.js'
import { sampleWith, trajectoryWith } from './sample.js'
import type { Sampler } from './sampler.js'
import { stepInputs, stepOf, stepState } from './stepwise.js'

const denoise = denoiserOf({ weights: [0.5, 0.5], means: [[-1], [0.5]], deviations: [0.25, 0.5] })
const pathOf = (steps: number): Path => continuousPath(linspace, linear(), { last: 0.01 })(steps)
const z = (values: readonly number[]) => ndarray(values, [values.length, 1])

/** Who walks a variance-preserving path. */
const rows = (Object.entries(samplers) as readonly [string, Sampler][]).filter(
  ([name]) => !name.startsWith('flow'),
)

/** z after each step of each path, each with a seed, by one program that is compiled once; `order` says whose step is next. */
const stepped = async (
  sampler: Sampler,
  start: NDArray<readonly [number, 1], 'f32'>,
  paths: readonly Path[],
): Promise<readonly (readonly (readonly number[])[])[]> => {
  const inputs = paths.map((path, i) => stepInputs(sampler, path, i + 1))
  const backend = await run(cpu({ threads: 1 }))
  const sessions = await Promise.all(
    paths.map(() =>
      run(
        pipe(
          TE.right(backend),
          TE.chain(
            open(stepOf(sampler)(denoise as unknown as Denoiser<readonly [number, 1]>), {
              state: stepState(sampler, start),
              inputs: inputs[0][0],
            }),
          ),
        ),
      ),
    ),
  )
  const all: number[][][] = paths.map(() => [])
  // In turn: a step of the first, a step of the second, …
  for (let i = 0; i < Math.max(...inputs.map(({ length }) => length)); i++)
    for (const [which, session] of sessions.entries())
      if (i < inputs[which].length)
        all[which].push(Array.from((await run(session.step(inputs[which][i]))).z.data))
  await Promise.all(sessions.map(session => run(session.dispose)))
  return all
}

describe.each(rows)('%s, step by step', (_, sampler) => {
  it('takes the steps of the loop, on paths of any length by one program', async () => {
    const start = z([-1.25, 0.5])
    for (const steps of [3, 8]) {
      const [all] = await stepped(sampler, start, [pathOf(steps)])
      const from = tensor(start.data, [2, 1]) as Tensor<Shape>
      const loop = await numbers(trajectoryWith(sampler, pathOf(steps))(denoise, from)(key(1)), onCpu)
      expect(all.flat()).toEqual(loop)
      const end = await numbers(sampleWith(sampler, pathOf(steps))(denoise, from)(key(1)), onCpu)
      expect(all[steps - 1]).toEqual(end)
    }
  })

  it('may take turns with itself (huggingface/diffusers#3672, #5749, #9362: a step counter shared by two)', async () => {
    const paths = [pathOf(4), pathOf(7), pathOf(4)]
    const together = await stepped(sampler, z([0.75]), paths)
    expect(together.map(({ length }) => length)).toEqual([4, 7, 4])
    const alone = await stepped(sampler, z([0.75]), paths.slice(0, 2))
    expect(together.slice(0, 2)).toEqual(alone)
  })
})

describe('ddim', () => {
  it.each([
    ['a hundred levels in five steps', 100, 5],
    ['a thousand levels in ten steps', 1000, 10],
    ['a thousand levels in thirteen steps', 1000, 13],
  ] as const)(
    'arrives where the next step starts (huggingface/diffusers#11347, #12633: a stride in place of the next timestep): %s',
    async (_, length, count) => {
      const process = length === 100 ? cosineBetas(length) : linearBetas(length)
      for (const spacing of [linspace, trailing]) {
        const path = discretePath(spacing, process)(count)
        const x = 0.75
        // Who knows x is led along α x + σ ε, with the ε that it started with.
        const knowing: Denoiser<Shape> = (at, { alpha, sigma }) => ({
          x: add(x)(zerosLike(at)),
          epsilon: over(minus(at, times(add(x)(zerosLike(at)), alpha)), sigma),
        })
        const epsilon = -1.25
        const start = path[0].alpha * x + path[0].sigma * epsilon
        const from = tensor([start], [1, 1]) as Tensor<Shape>
        const all = await numbers(trajectoryWith(ddim(), path)(knowing, from)(key(1)), inDoubles)
        expect(all).toHaveLength(count)
        all.forEach((at, i) =>
          expect(Math.abs(at - (path[i + 1].alpha * x + path[i + 1].sigma * epsilon))).toBeLessThan(1e-5),
        )
        const stops = ddim()
          .coefficients(path)
          .map(({ level }) => level)
        expect(stops).toEqual(path.slice(0, count))
      }
    },
  )
})

describe('a sample', () => {
  it('starts from σ n', async () => {
    const path = pathOf(1)
    // One step of the ancestral sampler without a model is α x̂: of a denoiser that says z, the noise that it was given.
    const saying: Denoiser<Shape> = at => ({ x: at, epsilon: at })
    const drawn = await numbers(sampleWith(samplers.ancestral, path)(saying, [4000])(key(3)), onCpu)
    const [mean, square] = [0, 1].map(
      power => drawn.reduce((sum, value) => sum + value ** (power + 1), 0) / drawn.length,
    )
    expect(Math.abs(mean)).toBeLessThan((4 * path[0].sigma) / Math.sqrt(4000))
    expect(Math.abs(square / path[0].sigma ** 2 - 1)).toBeLessThan(4 * Math.sqrt(2 / 4000))
  })

  it('does not grow with its path', async () => {
    const size = (steps: number): number => {
      const draw = sampleWith(samplers.lms, pathOf(steps))(denoise, [2, 1])
      const { program } = trace((state: object, _: object) => [state, draw(key(1))], {
        state: {},
        inputs: {},
      })
      return program.instructions.reduce((sum, { body }) => sum + 1 + (body?.instructions.length ?? 0), 0)
    }
    expect(size(4)).toBe(size(400))
    const { data } = await evaluate(sampleWith(samplers.lms, pathOf(400))(denoise, [2, 1])(key(1)))
    expect(Array.from(data).every(Number.isFinite)).toBe(true)
  })
})
