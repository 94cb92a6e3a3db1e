import { sqrt, square, type Shape, type Tensor } from '@elbo/tensor'
import { minus, over, plus, times, type Real } from '../arithmetic.js'
import type { Denoiser, LevelTensors } from '../process/denoiser.js'

/** √(α² + σ²): z is this times a point on the circle, y = cos φ x + sin φ ε, whatever the family. */
export const radius = ({ alpha, sigma }: Pick<LevelTensors<Shape>, 'alpha' | 'sigma'>): Real =>
  sqrt(plus(square(alpha), square(sigma)))

/**
 * The probability-flow equation (Song et al. 2021, eq. 13) for any α and σ, of y = z/√(α² + σ²) in λ = ln SNR:
 *
 *   dy/dλ = −½ sin φ cos φ (cos φ ε̂ − sin φ x̂),   tan φ = σ/α
 *
 * On the circle every family is the same, slopes are bounded, and both ends are reached: where the data are, and where there is no signal.
 */
export const flowOnCircle =
  <S extends Shape>(denoise: Denoiser<S>) =>
  (y: Real, level: LevelTensors): Real => {
    const scale = radius(level)
    const [cos, sin] = [over(level.alpha, scale), over(level.sigma, scale)]
    const { x, epsilon } = denoise(times(y, scale) as Tensor<S>, level)
    return times(minus(times(epsilon, cos), times(x, sin)), times(times(sin, cos), -0.5))
  }
