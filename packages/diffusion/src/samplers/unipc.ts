import { fallingPath, halfLogSnr, stretches, type Path, type Stretch } from '../sampling/path.js'
import { sampler, type Sampler } from '../sampling/sampler.js'
import { weighted } from '../sampling/weighted.js'
import { SamplingError } from '../sampling/sampling-error.js'

export interface UniPcOptions {
  /** B(h) of the paper: h (`bh1`) or eʰ − 1 (`bh2`, the default). */
  readonly form?: 'bh1' | 'bh2'
}

/** What both halves of a step share, with h = λ_s − λ_t and x̂ predicted, for which the paper's h has the other sign. */
const terms = ({ from, to, before: [previous] }: Stretch, form: 'bh1' | 'bh2') => {
  const h = halfLogSnr(from) - halfLogSnr(to)
  const phi = Math.expm1(h)
  const b = form === 'bh1' ? h : phi
  return {
    h,
    z: to.sigma / from.sigma,
    gain: -to.alpha * phi,
    scale: -to.alpha * b,
    b,
    phi,
    /** Where x̂ before lies, in units of this stretch; negative. */
    r: previous === undefined ? undefined : (halfLogSnr(previous) - halfLogSnr(from)) / -h,
  }
}

/** UniP of order 2: so much of z_t, x̂_t and the x̂ before (Zhao et al. 2023, algorithm 2). */
const predictor = (stretch: Stretch, form: 'bh1' | 'bh2') => {
  if (stretch.to.sigma === 0) return { z: 0, x: stretch.to.alpha, previous: 0 }
  const { z, gain, scale, r } = terms(stretch, form)
  const slope = r === undefined ? 0 : (scale * 0.5) / r
  return { z, x: gain - slope, previous: slope }
}

/** UniC of order 2, over a stretch that was walked: so much of z_t, x̂_t, the x̂ before and the x̂ at its end (algorithm 1). */
const corrector = (stretch: Stretch, form: 'bh1' | 'bh2') => {
  const { h, z, gain, scale, b, phi, r } = terms(stretch, form)
  if (r === undefined) return { z, x: gain - scale / 2, previous: 0, now: scale / 2 }
  const [first, second] = [(phi / h - 1) / b, (2 * ((phi / h - 1) / h - 0.5)) / b]
  // The two weights of order 2 solve ρ₁ + ρ₂ = b₁ and r ρ₁ + ρ₂ = b₂.
  const rho = (first - second) / (1 - r)
  const [slope, now] = [(scale * rho) / r, scale * (first - rho)]
  return { z, x: gain - slope - now, previous: slope, now }
}

const requireFinite = (path: Path, form: 'bh1' | 'bh2'): Path => {
  if (form === 'bh1' && path[0].alpha === 0)
    throw new SamplingError(
      'uniPc: bh1 counts in λ, which is −∞ where this path starts, at α = 0; bh2 can start there',
    )
  return path
}

/**
 * UniPC of order 2 (Zhao et al. 2023), for any family, in λ = ln α/σ: each x̂ first corrects the step that led to its z, then predicts the
 * next. One call of the denoiser a step; the corrector makes the order of accuracy 3. The first step is of lower order, and so is the last,
 * which ends at λ = ∞.
 */
export const uniPc = ({ form = 'bh2' }: UniPcOptions = {}): Sampler =>
  sampler({
    name: 'unipc',
    order: 3,
    stochastic: false,
    evaluations: 1,
    remembers: 3,
    coefficients: path => {
      const all = stretches(requireFinite(fallingPath('uniPc', path), form))
      return all.map((stretch, i) => {
        const next = predictor(stretch, form)
        const back = i === 0 ? { z: 0, x: 0, previous: 0, now: 0 } : corrector(all[i - 1], form)
        return {
          level: stretch.from,
          uncorrected: i === 0 ? 1 : 0,
          backZ: back.z,
          backX: back.x,
          backPrevious: back.previous,
          backNow: back.now,
          z: next.z,
          x: next.x,
          previous: next.previous,
        }
      })
    },
    step:
      (denoise, row) =>
      ({ z: predicted, history: [previous, earlier, start] }) => {
        const { x } = denoise(predicted, row.level)
        const z = weighted(
          [row.uncorrected, predicted],
          [row.backZ, start],
          [row.backX, previous],
          [row.backPrevious, earlier],
          [row.backNow, x],
        )
        return {
          z: weighted([row.z, z], [row.x, x], [row.previous, previous]),
          history: [x, previous, z],
        }
      },
  })
