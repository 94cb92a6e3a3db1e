import { foldIn, scan, arange, type Draw, type Shape, type Stacked, type Tensor } from '@elbo/tensor'
import { minus, plus, times } from '../arithmetic.js'
import type { Denoiser } from '../process/denoiser.js'
import { transition } from '../process/kernel.js'
import { wholePath, type Path } from './path.js'
import { noiseKey, noiseOf, startingNoise } from './sample.js'
import type { Sampler } from './sampler.js'
import { SamplingError } from './sampling-error.js'
import { tableOf, type TableRow } from './table.js'
import { weighted } from './weighted.js'

export interface Resampling {
  /** How many stretches are gone up again at once; 10 by default. */
  readonly jump?: number
  /** How often each stretch is walked; 10 by default, and 1 is without resampling. */
  readonly times?: number
}

/** A stretch that is walked, by its number, and the level, by its number, to which noise is added afterwards: its end where none is. */
export interface Move {
  readonly stretch: number
  readonly then: number
}

/** The order in which RePaint walks the stretches of a path (Lugmayr et al. 2022, figure 3 and appendix). */
export const movesOf = (
  steps: number,
  { jump = 10, times: walks = 10 }: Resampling = {},
): readonly Move[] => {
  for (const [what, value] of Object.entries({ jump, times: walks }))
    if (!Number.isSafeInteger(value) || value < 1)
      throw new SamplingError(`inpaintWith: ${what} is a positive whole number, not ${value}`)
  const left = new Map<number, number>()
  for (let above = 0; above < steps - jump; above += jump) left.set(above, walks - 1)
  const moves: Move[] = []
  for (let above = steps; above > 0;) {
    const stretch = steps - above
    above--
    const jumps = left.get(above) ?? 0
    if (jumps > 0) {
      left.set(above, jumps - 1)
      above += jump
    }
    moves.push({ stretch, then: steps - above })
  }
  return moves
}

interface Blend {
  readonly known: Tensor<readonly []>
  readonly knownNoise: Tensor<readonly []>
  readonly scale: Tensor<readonly []>
  readonly noise: Tensor<readonly []>
}

/** What is known of the data, and where: 1 where it is, 0 where it is to be filled in. */
export interface Known<S extends Shape> {
  readonly x: Tensor<S>
  readonly mask: Tensor<S>
}

/**
 * Data of which a part is known (RePaint, Lugmayr et al. 2022, algorithm 1): after each step the known part is put in, noised to the level where the
 * step ended; then noise goes up by some levels, to be walked down again, so that the rest comes to fit what is known: its mean does, the
 * more often stretches are walked, while its spread is only about right. The result has the known part as it is.
 * @throws SamplingError for samplers that remember earlier steps, whose memory the jumps would make wrong, and as `sampleWith`
 */
export const inpaintWith =
  (sampler: Sampler, path: Path, resampling: Resampling = {}) =>
  <S extends Shape>(denoise: Denoiser<S>, { x, mask }: Known<S>): Draw<Tensor<S>> => {
    if (sampler.remembers > 0)
      throw new SamplingError(
        `inpaintWith: ${sampler.name} remembers earlier steps, which jumps would make wrong`,
      )
    const rows = sampler.coefficients(wholePath('inpaintWith', path))
    const moves = movesOf(rows.length, resampling)
    const blends = moves.map(({ stretch, then }) => {
      const end = path[stretch + 1]
      const { scale, variance } =
        then === stretch + 1 ? { scale: 1, variance: 0 } : transition(end, path[then])
      return { known: end.alpha, knownNoise: end.sigma, scale, noise: Math.sqrt(variance) }
    })
    return key => {
      interface Slice {
        readonly row: TableRow
        readonly blend: Blend
        readonly step: Tensor<readonly [], 'u32'>
      }
      const [filled] = scan<Tensor<S>, Slice, object>((z, { row, blend, step }) => {
        const at = foldIn(step)(noiseKey(key))
        const draw = (use: number): Tensor<S> => noiseOf(z.shape, foldIn(use)(at))
        const { z: down } = sampler.step(denoise, row, draw(0))({ z, history: [] })
        const known = weighted([blend.known, x], [blend.knownNoise, draw(1)])
        const whole = plus(times(mask, known), minus(down, times(mask, down))) as Tensor<S>
        return [weighted([blend.scale, whole], [blend.noise, draw(2)]), {}]
      })(startingNoise(path, x.shape, key), {
        row: tableOf(moves.map(({ stretch }) => rows[stretch])),
        blend: tableOf(blends),
        step: arange(moves.length, 'u32'),
      } as unknown as Stacked<Slice>)
      return filled
    }
  }
